import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { formatPlatform, type ImagePlatform, parsePlatform } from '../image/image-platform.ts';
import type { SourceKind } from './source-kind.ts';

/** `rootfs:DIR`: a folder that is the whole file system of an image, as debootstrap or `docker export` leave it. */
export const rootfs: SourceKind = {
  prefix: 'rootfs',
  async open(_world, { reference, rest, options }) {
    const found = await stat(rest).catch(() => null);
    if (found === null) throw new Fault('input/invalid', `${reference}: there is no folder '${rest}'`);
    if (!found.isDirectory()) throw new Fault('input/invalid', `${reference}: '${rest}' is a file, not a folder`);
    // A folder does not say what it is for; what is asked for is believed.
    const platform: ImagePlatform = parsePlatform(options.platform ?? 'linux/amd64');
    return {
      reference,
      digest: null,
      parentDigest: null,
      manifest: null,
      config: { digest: null, ...platform, created: null, history: [], raw: {} },
      platform: formatPlatform(platform),
      layers: [
        { digest: null, diffId: null, mediaType: 'inode/directory', size: null, bytes: { kind: 'folder', path: rest } },
      ],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};
