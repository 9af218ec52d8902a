import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { openArchive } from './archive.ts';
import { dockerArchive } from './open-docker-archive.ts';
import { oci } from './open-oci.ts';
import { ociArchive } from './open-oci-archive.ts';
import { registry } from './open-registry.ts';
import { rootfs } from './open-rootfs.ts';
import type { OpenedImage, OpenOptions, OpenWorld, SourceKind } from './source-kind.ts';
import { splitSource } from './split-source.ts';

/** Where images come from, by prefix; what has none of these is a reference to a registry. */
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
  const found = (await isPath(source)) ? await recognise(source, options) : registry;
  return await found.open(world, { reference: source, rest: source, options });
}

async function isPath(source: string): Promise<boolean> {
  if (/^(\/|\.\.?(\/|$))/.test(source)) return true;
  if (!/\.(tar(\.(gz|zst|zstd))?|tgz)(:|@|$)/.test(source)) return false;
  const path = /^.*?\.(tar(\.(gz|zst|zstd))?|tgz)(?=:|@|$)/.exec(source)![0];
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** The kind of source that a path holds, by its content. */
async function recognise(source: string, options: OpenOptions): Promise<SourceKind> {
  const { path } = await splitSource(source, source);
  if ((await stat(path)).isDirectory()) {
    const has = async (name: string) => (await stat(`${path}/${name}`).catch(() => null))?.isFile() === true;
    return (await has('oci-layout')) || (await has('index.json')) ? oci : rootfs;
  }
  await using archive = await openArchive(path, options);
  if ((await archive.locate('index.json')) !== null) return ociArchive;
  if ((await archive.locate('manifest.json')) !== null) return dockerArchive;
  throw new Fault(
    'image/not-an-image',
    `'${path}' holds no image: it is a tar without index.json (OCI archive) or manifest.json (docker archive)`,
  );
}
