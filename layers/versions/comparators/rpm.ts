import type { Comparator } from '../comparator.ts';
import { abovePrefix, defineComparator, type Refused, written } from '../define-comparator.ts';
import { compareAscii, compareDigits, endOfRun, isDigit, isLetter } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  /** Null when there is no hyphen: as a package it sorts below every release, as a bound it stands for all of them. */
  readonly release: string | null;
}

/**
 * rpm's `[epoch:]version[-release]` (rpm 4.15 and later: rpmvercmp with `~` and `^`). A missing epoch is 0. An advisory's
 * bound without a release speaks of all releases, as rpm's dependency rule has it: see `start` and `end`.
 */
export const rpm: Comparator = defineComparator<RpmVersion>({
  scheme: 'rpm',
  rules: 1,
  read: readRpm,
  order: (a, b) =>
    compareDigits(a.epoch, b.epoch) || compareSegments(a.version, b.version) || compareReleases(a.release, b.release),
  write(parts, key) {
    writeVersion(parts, key);
    if (parts.release === null) key.byte(tags.noRelease);
    else writeSegments(parts.release, key);
  },
  start: (parts) => (parts.release === null ? versionPrefix(parts) : null),
  end: (parts) => (parts.release === null ? abovePrefix(versionPrefix(parts)) : null),
});

/** As rpm's parseEVR: digits up to the first colon are the epoch, what follows the last hyphen is the release. */
function readRpm(text: string): RpmVersion | Refused {
  if (/[\s\0-\x1f\x7f]/.test(text)) return { refused: 'it holds blanks or control characters' };
  const digits = endOfRun(text, 0, isDigit);
  const hasEpoch = text[digits] === ':';
  const epoch = hasEpoch ? text.slice(0, digits) : '0';
  const rest = hasEpoch ? text.slice(digits + 1) : text;
  const hyphen = rest.lastIndexOf('-');
  const version = hyphen < 0 ? rest : rest.slice(0, hyphen);
  if (version === '') return { refused: 'there is no version beside the epoch and the release' };
  return { epoch, version, release: hyphen < 0 ? null : rest.slice(hyphen + 1) };
}

function compareReleases(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareSegments(a, b);
}

/** rpm's rpmvercmp: runs of digits and of letters in turns; whatever is neither, nor `~` or `^`, only separates. */
function compareSegments(a: string, b: string): number {
  let i = endOfRun(a, 0, separates);
  let j = endOfRun(b, 0, separates);
  while (i < a.length || j < b.length) {
    const one = a.charCodeAt(i);
    const two = b.charCodeAt(j);
    let x = i + 1;
    let y = j + 1;
    if (one === tilde || two === tilde) {
      if (one !== two) return one === tilde ? -1 : 1;
    } else if (one === caret || two === caret) {
      if (i >= a.length) return -1;
      if (j >= b.length) return 1;
      if (one !== two) return one === caret ? -1 : 1;
    } else {
      if (i >= a.length || j >= b.length) break;
      const numeric = isDigit(one);
      if (numeric !== isDigit(two)) return numeric ? 1 : -1;
      x = endOfRun(a, i, numeric ? isDigit : isLetter);
      y = endOfRun(b, j, numeric ? isDigit : isLetter);
      const difference = (numeric ? compareDigits : compareAscii)(a.slice(i, x), b.slice(j, y));
      if (difference !== 0) return difference;
    }
    i = endOfRun(a, x, separates);
    j = endOfRun(b, y, separates);
  }
  return Number(i < a.length) - Number(j < b.length);
}

const tilde = 0x7e;
const caret = 0x5e;

function separates(code: number): boolean {
  return !isDigit(code) && !isLetter(code) && code !== tilde && code !== caret;
}

const tags = { noRelease: 0x00, tilde: 0x01, end: 0x02, caret: 0x03, letters: 0x04 } as const;

function versionPrefix(parts: RpmVersion): Uint8Array {
  return written((key) => writeVersion(parts, key));
}

/** Epoch and version up to the version's end: what all releases of it share. */
function writeVersion(parts: RpmVersion, key: KeyWriter): void {
  key.number(parts.epoch);
  writeSegments(parts.version, key);
}

function writeSegments(segments: string, key: KeyWriter): void {
  for (const [segment] of segments.matchAll(/[0-9]+|[A-Za-z]+|[~^]/g)) {
    if (segment === '~') key.byte(tags.tilde);
    else if (segment === '^') key.byte(tags.caret);
    else if (isDigit(segment.charCodeAt(0))) key.number(segment);
    else key.byte(tags.letters).text(segment);
  }
  key.byte(tags.end);
}
