import type { AffectedRange } from '../advisory.ts';
import { highestFixes } from '../fix-choice.ts';
import { type ArchRange, archRanges } from '../oval/arch-ranges.ts';
import type { OvalDefinition } from '../oval/oval-definition.ts';
import { ovalStretch } from '../oval/oval-stretch.ts';
import { suseProduct } from './suse-product.ts';

/**
 * What a vulnerability is to the packages of one release. Products of a release say it each for themselves; of each package
 * one stands: a mend that everybody gets; else one of a stream (the first in `streams`); else that it is affected; and only
 * where nobody says any of these that it is not affected. Of several mends the highest counts: a package is named again where
 * it had to be mended again.
 */
export function suseRanges(
  { packages }: OvalDefinition,
  namespace: string,
): { readonly ranges: readonly AffectedRange[]; readonly problems: readonly string[] } {
  const problems = new Set<string>();
  const channels = new Map<readonly string[], readonly (string | null)[]>();
  const said = new Map<string, { readonly rank: number; readonly ranges: ArchRange[] }>();
  for (const { name, tests, arch, products } of packages) {
    const own = channels.get(products) ?? channelsOf(products, namespace);
    channels.set(products, own);
    if (own.length === 0) continue;
    const stretch = ovalStretch(tests);
    if (stretch === null) {
      problems.add(`the versions of ${name} cannot be read`);
      continue;
    }
    for (const channel of own) {
      const isStream = channel !== null && stretch.fixed !== null;
      const range = { namespace, name, ...stretch, ...(isStream ? { channel } : {}) };
      const rank = rankOf(range, channel);
      const before = said.get(name);
      if (before === undefined || rank < before.rank) said.set(name, { rank, ranges: [{ range, arch }] });
      else if (rank === before.rank) before.ranges.push({ range, arch });
    }
  }
  return {
    ranges: archRanges(
      [...said.values()].flatMap(({ ranges }) => ranges),
      highestFixes,
    ),
    problems: [...problems],
  };
}

/** Long term support first: who pays for more time has that. */
const streams = ['ltss', 'espos', 'sap'];

/** Streams of which products belong to the release; null is no stream. */
function channelsOf(products: readonly string[], namespace: string): readonly (string | null)[] {
  const found = products.flatMap((name) => {
    const product = suseProduct(name);
    const isOf =
      product?.namespace === namespace ||
      (product?.everyPack === true && namespace.startsWith(`${product.namespace}.`));
    return isOf ? [product.channel] : [];
  });
  return [...new Set(found)];
}

function rankOf({ fixed, verdict }: AffectedRange, channel: string | null): number {
  if (verdict === 'not-affected') return 1001;
  if (fixed === null) return 1000;
  if (channel === null) return 0;
  const place = streams.indexOf(channel);
  return place < 0 ? 100 : 1 + place;
}
