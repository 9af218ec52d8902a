import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareDigits, endOfRun, isDigit, isLetter } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface DebVersion {
  readonly epoch: string;
  readonly upstream: string;
  /** Empty when there is none, which orders as `0`. */
  readonly revision: string;
}

/**
 * Debian, Ubuntu and their kin (Debian Policy 5.6.12; authority: dpkg). `[epoch:]upstream[-revision]`; as dpkg does, blanks
 * around are dropped and a version that does not start with a digit is ordered all the same.
 */
export const deb: Comparator = defineComparator<DebVersion>({
  scheme: 'deb',
  rules: 1,
  read: readDeb,
  order: (a, b) =>
    compareDigits(a.epoch, b.epoch) || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision),
  write(parts, key) {
    key.number(parts.epoch);
    writePart(parts.upstream, key);
    writePart(parts.revision, key);
  },
});

/** dpkg keeps the epoch in an int and refuses a larger one. */
const maxEpoch = '2147483647';

function readDeb(text: string): DebVersion | Refused {
  const version = text.trim();
  if (version === '') return { refused: 'an empty text is no version' };
  const stray = /[^A-Za-z0-9.+~:-]/.exec(version)?.[0];
  if (stray !== undefined) return { refused: `${JSON.stringify(stray)} may not stand in a version` };

  const colon = version.indexOf(':');
  const epoch = colon < 0 ? '0' : version.slice(0, colon);
  if (!/^\d+$/.test(epoch)) return { refused: `the epoch '${epoch}' is not a number` };
  if (compareDigits(epoch, maxEpoch) > 0) return { refused: `the epoch is over ${maxEpoch}` };

  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (upstream === '') return { refused: 'there is no upstream version' };
  if (hyphen >= 0 && revision === '') return { refused: 'the revision after the hyphen is empty' };
  return { epoch, upstream, revision };
}

/** dpkg's verrevcmp: runs of non-digits by character, runs of digits by number, in turns. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const difference = weight(a.charCodeAt(i)) - weight(b.charCodeAt(j));
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const endOfA = endOfRun(a, i, isDigit);
    const endOfB = endOfRun(b, j, isDigit);
    const difference = compareDigits(a.slice(i, endOfA), b.slice(j, endOfB));
    if (difference !== 0) return difference;
    i = endOfA;
    j = endOfB;
  }
  return 0;
}

/** `~`, then the end or a digit, then letters, then everything else. */
function weight(code: number): number {
  if (code === tilde) return -1;
  if (Number.isNaN(code) || isDigit(code)) return 0;
  return isLetter(code) ? code : code + 256;
}

const tilde = 0x7e;
const endOfNonDigits = 0x02;

/** Runs of non-digits closed by 02, each followed by a NUM, and one more 02: `~` 01 is below it, letters and others above. */
function writePart(part: string, key: KeyWriter): void {
  let at = 0;
  do {
    for (; at < part.length && !isDigit(part.charCodeAt(at)); at++) key.byte(nonDigit(part.charCodeAt(at)));
    const end = endOfRun(part, at, isDigit);
    key.byte(endOfNonDigits).number(part.slice(at, end));
    at = end;
  } while (at < part.length);
  key.byte(endOfNonDigits);
}

function nonDigit(code: number): number {
  if (code === tilde) return 0x01;
  return isLetter(code) ? code : 0x80 | code;
}
