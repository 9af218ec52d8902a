import { resolveImage } from '../image/resolve-image.ts';
import { registryContent } from './registry-content.ts';
import type { SourceKind } from './source-kind.ts';

/** A reference without prefix: an image of a registry. */
export const registry: SourceKind = {
  prefix: 'registry',
  async open(world, { reference, options }) {
    const { root, content } = await registryContent(world, reference, options);
    const resolve = { reference, platform: options.platform ?? null, limits: options.limits };
    return { ...(await resolveImage(content, [root], resolve)), [Symbol.asyncDispose]: async () => {} };
  },
};
