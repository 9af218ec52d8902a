import { openFromArchive } from './archive.ts';
import { openOciLayout } from './oci-layout.ts';
import type { SourceKind } from './source-kind.ts';
import { splitSource } from './split-source.ts';

/** `oci-archive:FILE[:TAG]`: an OCI layout in a tar, plain or compressed. */
export const ociArchive: SourceKind = {
  prefix: 'oci-archive',
  async open(_world, { reference, rest, options }) {
    const { path, tag } = await splitSource(rest, reference);
    return await openFromArchive(path, options, (files) => openOciLayout(files, path, { reference, tag, options }));
  },
};
