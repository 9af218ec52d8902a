import { Fault } from '#core/fault.ts';
import type { ImageContent } from '../image/image-content.ts';
import { parseReference } from '../reference.ts';
import { registryClient } from '../client/registry-client.ts';
import { resolveImage } from '../image/resolve-image.ts';
import type { SourceKind } from './source-kind.ts';

/** A reference without prefix: an image of a registry. Layers are streamed when they are read. */
export const registry: SourceKind = {
  prefix: 'registry',
  async open(world, { reference: text, options }) {
    const reference = parseReference(text);
    const { repository, tag, digest } = reference;
    const client = registryClient(world, {
      registry: reference.registry,
      credentials: options.credentials ?? null,
      plainHttp: options.plainHttp === true ? true : null,
      limits: options.limits,
    });
    const asked = digest ?? tag;
    if (asked === null) throw new Fault('input/invalid', `'${text}' names neither tag nor digest`);
    const root = await client.manifest(repository, asked);
    const content: ImageContent = {
      async document(descriptor, kind) {
        if (descriptor.digest === root.digest) return root.bytes;
        if (kind === 'config') return await client.document(repository, descriptor.digest);
        return (await client.manifest(repository, descriptor.digest)).bytes;
      },
      layer: ({ digest, size }) => ({
        kind: 'stream',
        open: async () => client.blob(repository, digest, size),
      }),
    };
    const { bytes, mediaType } = root;
    const roots = [{ mediaType, digest: root.digest, size: bytes.length }];
    const source = await resolveImage(content, roots, {
      reference: text,
      platform: options.platform ?? null,
      limits: options.limits,
    });
    return { ...source, [Symbol.asyncDispose]: async () => {} };
  },
};
