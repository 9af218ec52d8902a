import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareNumberLists, writeNumberList } from '../number-list.ts';

interface HaskellVersion {
  readonly numbers: readonly string[];
}

/**
 * Haskell's packages by the Package Versioning Policy (Data.Version): numbers between dots, a longer list above its
 * beginning. The tags that could follow a hyphen are obsolete and refused, as Cabal does.
 */
export const hackage: Comparator = defineComparator<HaskellVersion>({
  scheme: 'hackage',
  rules: 1,
  read: readHackage,
  order: (a, b) => compareNumberLists(a.numbers, b.numbers),
  write: (parts, key) => writeNumberList(parts.numbers, key),
});

function readHackage(text: string): HaskellVersion | Refused {
  if (/^[0-9]+(?:\.[0-9]+)*$/.test(text)) return { numbers: text.split('.') };
  return { refused: 'it is not numbers between dots' };
}
