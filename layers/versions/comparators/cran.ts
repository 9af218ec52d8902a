import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareNumberLists, writeNumberList } from '../number-list.ts';

interface RVersion {
  readonly numbers: readonly string[];
}

/**
 * R's packages: numbers between `.` and `-`, which mean the same (utils::compareVersion; authority for `1.8` below `1.8.0`,
 * which numeric_version of some releases of R calls the same). Unlike R: numbers of any size.
 */
export const cran: Comparator = defineComparator<RVersion>({
  scheme: 'cran',
  rules: 1,
  read: readCran,
  order: (a, b) => compareNumberLists(a.numbers, b.numbers),
  write: (parts, key) => writeNumberList(parts.numbers, key),
});

function readCran(text: string): RVersion | Refused {
  if (/^[0-9]+(?:[.-][0-9]+)*$/.test(text)) return { numbers: text.split(/[.-]/) };
  return { refused: 'it is not numbers between dots and hyphens' };
}
