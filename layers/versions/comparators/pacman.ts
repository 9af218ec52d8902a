import type { Comparator } from '../comparator.ts';
import { abovePrefix, defineComparator, type Refused, written } from '../define-comparator.ts';
import { compareAscii, compareDigits, endOfRun, isDigit, isLetter } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface PacmanVersion {
  readonly epoch: string;
  readonly version: readonly Segment[];
  /** Null when there is no hyphen: as a package it sorts below every release, as a bound it stands for all of them. */
  readonly release: readonly Segment[] | null;
}

/** A run of digits or of letters, and how many other characters stand before it. */
interface Segment {
  readonly gap: number;
  readonly run: string;
}

/**
 * Arch Linux and its kin: `[epoch:]version[-pkgrel]` as alpm_pkg_vercmp orders it (pacman 6, lib/libalpm/version.c). Like the
 * rpm of old, with three differences: letters that follow a number directly are below the end (`1.0a < 1.0`), a longer gap
 * between two runs is above a shorter one, and there is no `~` nor `^`. A bound without a pkgrel speaks of all of them.
 * Refused is a part that ends in other characters than letters and digits, since alpm's order of those has cycles
 * (`a. > a.b > a1 > a.`).
 */
export const pacman: Comparator = defineComparator<PacmanVersion>({
  scheme: 'pacman',
  rules: 1,
  read: readPacman,
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

/** As alpm's parseEVR: digits up to the first colon are the epoch, what follows the last hyphen is the release. */
function readPacman(text: string): PacmanVersion | Refused {
  if (!/^[!-~]+$/.test(text)) return { refused: 'it holds blanks, control characters or letters beyond ASCII' };
  const digits = endOfRun(text, 0, isDigit);
  const hasEpoch = text[digits] === ':';
  const rest = hasEpoch ? text.slice(digits + 1) : text;
  const hyphen = rest.lastIndexOf('-');
  const version = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const release = hyphen < 0 ? null : rest.slice(hyphen + 1);
  if (version === '') return { refused: 'there is no version beside the epoch and the release' };
  if (endsInGap(version) || (release !== null && endsInGap(release))) {
    return { refused: 'a part of it ends in neither a letter nor a digit' };
  }
  return {
    epoch: hasEpoch ? text.slice(0, digits) : '0',
    version: segmentsOf(version),
    release: release === null ? null : segmentsOf(release),
  };
}

function endsInGap(part: string): boolean {
  return /[^0-9A-Za-z]$/.test(part);
}

function segmentsOf(part: string): readonly Segment[] {
  return [...part.matchAll(/([^0-9A-Za-z]*)([0-9]+|[A-Za-z]+)/g)].map(([, gap = '', run = '']) => ({
    gap: gap.length,
    run,
  }));
}

function compareReleases(a: readonly Segment[] | null, b: readonly Segment[] | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareSegments(a, b);
}

/** alpm's rpmvercmp. */
function compareSegments(a: readonly Segment[], b: readonly Segment[]): number {
  for (const [place, one] of a.entries()) {
    const two = b[place];
    if (two === undefined) return isBelowEnd(one) ? -1 : 1;
    if (one.gap !== two.gap) return one.gap - two.gap;
    const numeric = isNumeric(one);
    if (numeric !== isNumeric(two)) return numeric ? 1 : -1;
    const difference = (numeric ? compareDigits : compareAscii)(one.run, two.run);
    if (difference !== 0) return difference;
  }
  const next = b[a.length];
  if (next === undefined) return 0;
  return isBelowEnd(next) ? 1 : -1;
}

function isNumeric({ run }: Segment): boolean {
  return isDigit(run.charCodeAt(0));
}

function isBelowEnd({ gap, run }: Segment): boolean {
  return gap === 0 && isLetter(run.charCodeAt(0));
}

const tags = {
  noRelease: 0x00,
  lettersAtOnce: 0x01,
  end: 0x02,
  letters: 0x04,
  /** Above the digits that follow letters at once. */
  gap: 0x90,
  longGap: 0x91,
} as const;

function versionPrefix(parts: PacmanVersion): Uint8Array {
  return written((key) => writeVersion(parts, key));
}

/** Epoch and version up to the version's end: what all releases of it share. */
function writeVersion(parts: PacmanVersion, key: KeyWriter): void {
  key.number(parts.epoch);
  writeSegments(parts.version, key);
}

function writeSegments(segments: readonly Segment[], key: KeyWriter): void {
  for (const segment of segments) {
    const { gap, run } = segment;
    if (gap === 1) key.byte(tags.gap);
    else if (gap > 1) key.byte(tags.longGap).number(String(gap));
    if (isNumeric(segment)) key.number(run);
    else key.byte(gap === 0 ? tags.lettersAtOnce : tags.letters).text(run);
  }
  key.byte(tags.end);
}
