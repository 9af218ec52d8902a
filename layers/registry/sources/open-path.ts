import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { openFromArchive } from './archive.ts';
import { openOciLayout } from './oci-layout.ts';
import { openDockerArchive } from './open-docker-archive.ts';
import { oci } from './open-oci.ts';
import { rootfs } from './open-rootfs.ts';
import type { SourceKind } from './source-kind.ts';
import { splitSource } from './split-source.ts';

/**
 * A path without prefix, opened as what it holds: an OCI archive, a docker archive, an OCI layout, or else a folder that is
 * a file system. What `docker save` writes since version 25 is both archives in one; its manifests are then read.
 */
export const path: SourceKind = {
  prefix: 'path',
  async open(world, { reference, rest, options }) {
    const { path, tag } = await splitSource(rest, reference);
    if ((await stat(path)).isDirectory()) {
      const kind = (await isFile(`${path}/oci-layout`)) || (await isFile(`${path}/index.json`)) ? oci : rootfs;
      return await kind.open(world, { reference, rest, options });
    }
    return await openFromArchive(path, options, async (files) => {
      if ((await files.locate('index.json')) !== null)
        return await openOciLayout(files, path, { reference, tag, options });
      const saved = (await files.locate('manifest.json')) ?? (await files.locate('repositories'));
      if (saved !== null) return await openDockerArchive(files, path, { reference, tag, options });
      throw new Fault(
        'image/not-an-image',
        `'${path}' holds no image: it is a tar without index.json (OCI archive) or manifest.json (docker archive)`,
      );
    });
  },
};

/** True for what can only be a path, and for the name of a tar that exists: a folder `alpine` does not hide an image. */
export async function isPath(source: string): Promise<boolean> {
  if (/^(\/|\.\.?(\/|$))/.test(source)) return true;
  const tar = /^.*?\.(tar(\.(gz|zst|zstd))?|tgz)(?=:|@|$)/.exec(source)?.[0];
  return tar !== undefined && (await isFile(tar));
}

async function isFile(name: string): Promise<boolean> {
  return (await stat(name).catch(() => null))?.isFile() === true;
}
