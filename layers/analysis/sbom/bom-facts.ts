import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import { bomPackage } from './bom-package.ts';
import type { StatedPackage } from './stated-package.ts';

/** More packages of one document are not kept. */
const maxPackages = 50_000;
/** More kinds that are not known are not told apart. */
const maxTypes = 50;

/** The key of the fact that counts packages of kinds that are not known, by purl type. */
export const unknownKey = 'unknown';

/**
 * A fact for each package that an SBOM states, by its purl, with a BomPackage; behind them one with the number of those whose
 * purl type is not known, by type. Throws `input/too-large` after 50,000 packages.
 */
export function* bomFacts(stated: Iterable<StatedPackage>): Iterable<Fact> {
  const seen = new Set<string>();
  const unknown = new Map<string, number>();
  for (const one of stated) {
    const understood = bomPackage(one);
    if (understood?.kind === 'unknown') {
      const { type } = understood;
      if (unknown.has(type) || unknown.size < maxTypes) unknown.set(type, (unknown.get(type) ?? 0) + 1);
    } else if (understood !== null && !seen.has(understood.package.purl)) {
      if (seen.size === maxPackages)
        throw new Fault('input/too-large', `states more than the ${maxPackages} packages kept`);
      seen.add(understood.package.purl);
      yield { key: understood.package.purl, data: understood.package };
    }
  }
  if (unknown.size > 0) yield { key: unknownKey, data: Object.fromEntries(unknown) };
}
