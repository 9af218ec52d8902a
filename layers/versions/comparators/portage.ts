import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareAscii, compareDigits } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface PortageVersion {
  /** Runs of digits, one at least. */
  readonly numbers: readonly string[];
  /** Empty when there is none. */
  readonly letter: string;
  readonly suffixes: readonly Suffix[];
  /** Digits; `0` when there is none. */
  readonly revision: string;
}

interface Suffix {
  /** The place of its name in `suffixNames`. */
  readonly rank: number;
  readonly number: string;
}

/**
 * Gentoo's versions (Package Manager Specification 8, sections 3.2 and 3.3): `digits{.digits}[letter]{_suffix[number]}[-rN]`.
 * A number after a dot that begins with 0 is a decimal fraction (`1.010 = 1.01 < 1.1`), `1.0` is below `1.0.0`, `-r0` is the
 * same as none.
 */
export const portage: Comparator = defineComparator<PortageVersion>({
  scheme: 'portage',
  rules: 1,
  read: readPortage,
  order: (a, b) =>
    compareNumbers(a.numbers, b.numbers) ||
    compareAscii(a.letter, b.letter) ||
    compareSuffixes(a.suffixes, b.suffixes) ||
    compareDigits(a.revision, b.revision),
  write: writePortage,
});

/** In rising order; the empty name stands for no suffix at all. */
const suffixNames = ['alpha', 'beta', 'pre', 'rc', '', 'p'];
const noSuffix: Suffix = { rank: suffixNames.indexOf(''), number: '' };

const form = /^([0-9]+(?:\.[0-9]+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)[0-9]*)*)(?:-r([0-9]+))?$/;

function readPortage(text: string): PortageVersion | Refused {
  const found = form.exec(text);
  if (found === null) return { refused: 'it is not digits{.digits}[letter]{_suffix[number]}[-r number]' };
  const [, numbers = '', letter = '', suffixes = '', revision = '0'] = found;
  return {
    numbers: numbers.split('.'),
    letter,
    suffixes: [...suffixes.matchAll(/_([a-z]+)([0-9]*)/g)].map(([, name = '', number = '']) => ({
      rank: suffixNames.indexOf(name),
      number,
    })),
    revision,
  };
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (const [place, one] of a.entries()) {
    const two = b[place];
    if (two === undefined) return 1;
    const fractions = place > 0 && (isFraction(one) || isFraction(two));
    const difference = fractions
      ? compareAscii(withoutZerosAtEnd(one), withoutZerosAtEnd(two))
      : compareDigits(one, two);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareSuffixes(a: readonly Suffix[], b: readonly Suffix[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const one = a[place] ?? noSuffix;
    const two = b[place] ?? noSuffix;
    const difference = one.rank - two.rank || compareDigits(one.number, two.number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isFraction(digits: string): boolean {
  return digits.startsWith('0');
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** 01 to 06 are the suffixes and, as 05, their end. */
const tags = { suffix: 0x01, letter: 0x07, dotted: 0x08, fraction: 0x0f } as const;

/** A fraction is below every number that does not begin with 0, and in the order of its digits among its like. */
function writePortage({ numbers, letter, suffixes, revision }: PortageVersion, key: KeyWriter): void {
  for (const [place, digits] of numbers.entries()) {
    if (place > 0) key.byte(tags.dotted);
    if (place > 0 && isFraction(digits)) key.byte(tags.fraction).text(withoutZerosAtEnd(digits));
    else key.number(digits);
  }
  if (letter !== '') key.byte(tags.letter).byte(letter.charCodeAt(0));
  for (const { rank, number } of suffixes) key.byte(tags.suffix + rank).number(number);
  key.byte(tags.suffix + noSuffix.rank).number(revision);
}
