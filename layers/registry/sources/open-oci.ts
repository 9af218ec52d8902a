import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { layoutFolder } from './layout-folder.ts';
import { openOciLayout } from './oci-layout.ts';
import type { SourceKind } from './source-kind.ts';
import { splitSource } from './split-source.ts';

/** `oci:DIR[:TAG]`: an OCI layout in a folder, as skopeo, buildah and crane write it. */
export const oci: SourceKind = {
  prefix: 'oci',
  async open(_world, { reference, rest, options }) {
    const { path, tag } = await splitSource(rest, reference);
    if (!(await stat(path)).isDirectory()) {
      throw new Fault(
        'input/invalid',
        `${reference}: '${path}' is a file; write oci-archive: for an OCI layout in a tar`,
      );
    }
    const source = await openOciLayout(layoutFolder(path), path, { reference, tag, options });
    return { ...source, [Symbol.asyncDispose]: async () => {} };
  },
};
