import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareDigits } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface ComposerVersion {
  /** Numbers, and the words of `words`. */
  readonly parts: readonly string[];
}

/**
 * PHP's packages: normalized as composer/semver does (`v` dropped, four numbers, the words of stability; dates; `1.2.x-dev`
 * is above every 1.2), then ordered as PHP's version_compare: dev, alpha, beta, RC, the release, patch. Named branches
 * (`dev-main`) stand in no order with versions and are refused, and so is what Composer refuses. `version_normalized` of
 * Composer's own files reads as the same version.
 */
export const composer: Comparator = defineComparator<ComposerVersion>({
  scheme: 'composer',
  rules: 1,
  read: readComposer,
  order: (a, b) => compareParts(a.parts, b.parts),
  write: (parts, key) => writeParts(parts.parts, key),
});

/** The words of stability by Composer's own spelling; what they are short for. */
const words: Readonly<Record<string, string>> = {
  stable: 'stable',
  alpha: 'alpha',
  a: 'alpha',
  beta: 'beta',
  b: 'beta',
  rc: 'RC',
  patch: 'patch',
  pl: 'patch',
  p: 'patch',
};

const stability = '[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)([.-]?[0-9]+(?:[.-][0-9]+)*)?)?([.-]?dev)?';
const numbered = new RegExp(`^v?([0-9]{1,5}(?:\\.[0-9]+){0,3})${stability}$`, 'i');
const dated = new RegExp(`^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})${stability}$`, 'i');
const branch = /^v?([0-9]+(?:\.(?:[0-9]+|[xX*])){0,3})[.-]?dev$/i;

function readComposer(text: string): ComposerVersion | Refused {
  const version = text.trim().replace(/^([^,\s+]+)\+\S+$/, '$1');
  if (/^dev-|^(?:master|trunk|default)$/i.test(version))
    return { refused: 'a branch stands in no order with versions' };

  const plain = numbered.exec(version);
  const found = plain ?? dated.exec(version);
  if (found !== null) {
    const [, release = '', word, count = '', dev] = found;
    const numbers = plain === null ? release.split(/[^0-9]/) : fourOf(release.split('.'), '0');
    const stable = words[word?.toLowerCase() ?? 'stable'] ?? '';
    // Composer forgets a `-dev` after `-stable`.
    if (stable === 'stable') return { parts: dev === undefined || word !== undefined ? numbers : [...numbers, 'dev'] };
    const counts = count.match(/[0-9]+/g) ?? [];
    return { parts: [...numbers, stable, ...counts, ...(dev === undefined ? [] : ['dev'])] };
  }

  const numeric = branch.exec(version)?.[1]?.split('.');
  if (numeric === undefined) return { refused: 'Composer knows no such form' };
  const numbers = fourOf(numeric, endOfBranch).map((part) => (/^[xX*]$/.test(part) ? endOfBranch : part));
  return { parts: [...numbers, 'dev'] };
}

/** What Composer puts where a branch leaves a number open. */
const endOfBranch = '9999999';

function fourOf(numbers: readonly string[], missing: string): readonly string[] {
  return [...numbers, missing, missing, missing].slice(0, 4);
}

/** The places of words, of the end and of numbers in PHP's version_compare. */
const places: Readonly<Record<string, number>> = { dev: 0x03, alpha: 0x04, beta: 0x05, RC: 0x06, patch: 0x90 };
const endPlace = 0x07;
const numberPlace = 0x08;

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const difference = placeOf(a[place]) - placeOf(b[place]) || compareNumbers(a[place], b[place]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function placeOf(part: string | undefined): number {
  return part === undefined ? endPlace : (places[part] ?? numberPlace);
}

/** Of the same place: two numbers, or the same word twice. */
function compareNumbers(a = '', b = ''): number {
  return placeOf(a) === numberPlace ? compareDigits(a, b) : 0;
}

function writeParts(parts: readonly string[], key: KeyWriter): void {
  for (const part of parts) {
    const place = places[part];
    if (place === undefined) key.number(part);
    else key.byte(place);
  }
  key.byte(endPlace);
}
