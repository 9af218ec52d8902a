import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { dockerArchive } from './sources/open-docker-archive.ts';
import { oci } from './sources/open-oci.ts';
import { ociArchive } from './sources/open-oci-archive.ts';
import { isPath, path } from './sources/open-path.ts';
import { registry } from './sources/open-registry.ts';
import { rootfs } from './sources/open-rootfs.ts';
import type { OpenedImage, OpenOptions, OpenWorld, SourceKind } from './sources/source-kind.ts';

/** Where images come from, by prefix; what has none of these is a path or a reference to a registry. */
export const sourceKinds: readonly SourceKind[] = [oci, ociArchive, dockerArchive, rootfs];

/**
 * Opens one image: `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME:TAG]`, `rootfs:DIR`, or a registry
 * reference. A path (one that begins with `/`, `./` or `../`, or an existing file named like a tar) is opened as what it
 * holds. Manifest and config are read and verified against their digests; layers are not read yet. Dispose of the image
 * when its layers have been read: temporary files go then.
 *
 * Throws `input/invalid` for a source that cannot be understood or does not exist, `image/*` for what is no good image,
 * `registry/*` and `network/*` for registries.
 */
export async function openImage(world: OpenWorld, source: string, options: OpenOptions): Promise<OpenedImage> {
  const kind = sourceKinds.find(({ prefix }) => source.startsWith(`${prefix}:`));
  if (kind !== undefined) {
    return await kind.open(world, { reference: source, rest: source.slice(kind.prefix.length + 1), options });
  }
  const request = { reference: source, rest: source, options };
  if (await isPath(source)) return await path.open(world, request);
  try {
    return await registry.open(world, request);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !(await exists(source))) throw thrown;
    const { code, detail, message } = thrown;
    throw new Fault(code, `${message}; for what is at that path here, write ./${source}`, { detail, cause: thrown });
  }
}

async function exists(file: string): Promise<boolean> {
  return !file.includes('\0') && (await stat(file).catch(() => null)) !== null;
}
