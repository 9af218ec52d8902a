import { chainIds, findBaseImage } from '#analysis/base-image.ts';
import { findScannedBase, rememberScanned } from '#catalog/base-image-store.ts';
import type { Digest } from '#core/digest.ts';
import type { Sql } from '#platform/sql.ts';
import type { BaseImage, ImageReport } from '#schema/image-report.ts';

/**
 * What a scanned image was built on, as it says itself or as images tell that were scanned before. From now on it is one of those;
 * a folder never is: nothing is built on one.
 */
export async function scannedBaseImage(world: { readonly sql: Sql }, report: ImageReport): Promise<BaseImage | null> {
  const base = await findBaseImage(report, (question) => findScannedBase(world, question));
  const { reference, digest, parentDigest } = report;
  const identity = (digest ?? report.configDigest) as Digest | null;
  const chain = chainIds(report.layers.map(({ diffId }) => diffId as Digest)).at(-1);
  if (identity !== null && chain !== undefined)
    await rememberScanned(world, { reference, identity, digest, parentDigest, chain });
  return base;
}
