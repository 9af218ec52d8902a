import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareAscii, compareDigits, isDigit, withoutLeadingZeros } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface MavenVersion {
  readonly tokens: readonly Token[];
}

/** Tokens compare by their place, then by their value: the digits of a number, one digit of rank and the name of a qualifier. */
interface Token {
  readonly place: number;
  readonly value: string;
}

/**
 * Maven's versions by the rules of ComparableVersion in 3.9 (the version order of the POM reference): numbers and
 * qualifiers in lists, a new list at a hyphen, at a change between digits and letters and before the last or numbered
 * `.qualifier`; zeros and empty qualifiers at the end of a list count for nothing.
 *
 * ComparableVersion has cycles (`3.7.0.rc.2 < 3.7 < 3.7-EA < 3.7.0.rc.2`), where a zero is nothing against the end but
 * something against a list. Here one rule decides: a zero before a pre-release is below the end. Nothing else differs.
 */
export const maven: Comparator = defineComparator<MavenVersion>({
  scheme: 'maven',
  rules: 1,
  read: readMaven,
  order: (a, b) => compareTokens(a.tokens, b.tokens),
  write: (parts, key) => writeTokens(parts.tokens, key),
});

function readMaven(text: string): MavenVersion | Refused {
  const version = text.trim().toLowerCase();
  const stray = /[^\x21-\x7e]/.exec(version)?.[0];
  if (stray !== undefined) return { refused: `${JSON.stringify(stray)} may not stand in a version` };
  if (!/[0-9a-z]/.test(version)) return { refused: 'it holds neither a digit nor a letter' };
  if (version.includes('${')) return { refused: 'it is a property that was not filled in' };
  if (version === 'unspecified') return { refused: 'it is what Gradle writes for no version' };
  return { tokens: tokensOf(listsOf(version)) };
}

/**
 * The lists of a version. A list within a list is always its last item, so the tree of ComparableVersion is a row of
 * lists. Digits are a number, anything else is a qualifier by its full name.
 */
function listsOf(version: string): readonly (readonly string[])[] {
  const lists: string[][] = [[]];
  const add = (item: string) => lists.at(-1)?.push(item);
  const open = () => lists.push([]);
  const pieces = version.match(/[0-9]+|[^0-9.-]+|[.-]/g) ?? [];
  for (const [at, piece] of pieces.entries()) {
    const before = pieces[at - 1];
    const after = pieces[at + 1];
    if (isSeparator(piece)) {
      if (before === undefined || isSeparator(before)) add('0');
      if (piece === '-') open();
    } else if (isNumber(piece)) {
      add(piece);
      if (after !== undefined && !isSeparator(after)) open();
    } else {
      const numbered = after !== undefined && isNumber(after);
      if ((numbered || after === undefined) && lists.at(-1)?.length !== 0) open();
      add(qualifierOf(piece, numbered));
      if (numbered) open();
    }
  }
  const trimmed = lists.map((list) => list.slice(0, list.findLastIndex((item) => signOf(item) !== 0) + 1));
  return trimmed.slice(0, trimmed.findLastIndex((list) => list.length > 0) + 1);
}

function isSeparator(piece: string): boolean {
  return piece === '.' || piece === '-';
}

function isNumber(piece: string): boolean {
  return isDigit(piece.charCodeAt(0));
}

/** `a`, `b` and `m` are short for alpha, beta and milestone only directly before a number. */
function qualifierOf(name: string, numbered: boolean): string {
  return (numbered ? short.get(name) : undefined) ?? aliases.get(name) ?? name;
}

const short: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const aliases: ReadonlyMap<string, string> = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);

/** In rising order: five pre-releases, the release itself, `sp`; every other qualifier is above them. */
const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const release = qualifiers.indexOf('');

/** Below, the same as, or above nothing at all. */
function signOf(item: string): number {
  if (isNumber(item)) return withoutLeadingZeros(item) === '' ? 0 : 1;
  const rank = qualifiers.indexOf(item);
  return rank < 0 ? 1 : Math.sign(rank - release);
}

const places = {
  prerelease: 0x02,
  listBelow: 0x03,
  nothingBelow: 0x04,
  end: 0x05,
  qualifier: 0x06,
  listAbove: 0x07,
  number: 0x10,
} as const;

/** The tokens from the last to the first, for a list and a zero stand where the first sign in what follows puts them. */
function tokensOf(lists: readonly (readonly string[])[]): readonly Token[] {
  const tokens: Token[] = [{ place: places.end, value: '' }];
  let rest = 0;
  for (const [at, list] of [...lists.entries()].reverse()) {
    for (const item of list.toReversed()) {
      rest = signOf(item) || rest;
      tokens.push(tokenOf(item, rest));
    }
    if (at > 0) tokens.push({ place: rest < 0 ? places.listBelow : places.listAbove, value: '' });
  }
  return tokens.reverse();
}

/** `rest` is the sign of the item and what follows it. */
function tokenOf(item: string, rest: number): Token {
  if (rest < 0 && signOf(item) === 0) return { place: places.nothingBelow, value: '' };
  if (isNumber(item)) return { place: places.number, value: item };
  const rank = qualifiers.indexOf(item);
  if (rest < 0) return { place: places.prerelease, value: String(rank + 1) };
  return { place: places.qualifier, value: rank < 0 ? `${qualifiers.length}${item}` : String(rank) };
}

function compareTokens(a: readonly Token[], b: readonly Token[]): number {
  for (const [at, one] of a.entries()) {
    const two = b[at];
    if (two === undefined) return 1;
    const compare = one.place === places.number ? compareDigits : compareAscii;
    const difference = one.place - two.place || compare(one.value, two.value);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function writeTokens(tokens: readonly Token[], key: KeyWriter): void {
  for (const { place, value } of tokens) {
    if (place === places.number) key.number(value);
    else key.byte(place);
    if (place === places.prerelease || place === places.qualifier) {
      const rank = Number(value[0]);
      key.byte(rank);
      if (rank === qualifiers.length) key.text(value.slice(1));
    }
  }
}
