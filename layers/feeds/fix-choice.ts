import type { AffectedRange } from './advisory.ts';
import { namespaceComparator } from './namespace-comparator.ts';

/**
 * Ranges that say "below the fix", reduced to one for each package: the lowest fix. For errata that list every build
 * that holds the mend (rebuilds of a module for each minor release, `.el8` and `.el8.alma`): whoever has the earliest of
 * them, or anything later, has the mend. Ranges with a beginning, and versions that cannot be placed, are left as they are.
 */
export function lowestFixes(ranges: readonly AffectedRange[]): readonly AffectedRange[] {
  return chosen(ranges, (order) => order < 0);
}

/**
 * As {@link lowestFixes} but the highest fix: for lists that name a vulnerability of a package again when it had to be
 * mended again. Each entry says "affected below this", and all of them hold.
 */
export function highestFixes(ranges: readonly AffectedRange[]): readonly AffectedRange[] {
  return chosen(ranges, (order) => order > 0);
}

function chosen(ranges: readonly AffectedRange[], wins: (order: number) => boolean): readonly AffectedRange[] {
  const kept: AffectedRange[] = [];
  const places = new Map<string, number>();
  for (const range of ranges) {
    if (range.fixed === null || range.introduced !== null) {
      kept.push(range);
      continue;
    }
    const name = `${range.namespace} ${range.name}`;
    const place = places.get(name);
    const order = place === undefined ? null : compared(range, kept[place]!);
    if (place !== undefined && order !== null) {
      if (wins(order)) kept[place] = range;
      continue;
    }
    places.set(name, kept.length);
    kept.push(range);
  }
  return kept;
}

function compared(a: AffectedRange, b: AffectedRange): number | null {
  const order = namespaceComparator(a.namespace)?.compare(a.fixed ?? '', b.fixed ?? '');
  return typeof order === 'number' ? order : null;
}
