import { compareAscii, compareDigits } from './digits.ts';
import type { KeyWriter } from './key-writer.ts';

/** What the order of semantic versions looks at: build metadata is gone. */
export interface Precedence {
  /** Major, minor and patch as runs of digits. */
  readonly numbers: readonly [major: string, minor: string, patch: string];
  /** The identifiers of the pre-release, each of `[0-9A-Za-z-]+`; empty for a release. */
  readonly prerelease: readonly string[];
}

/** Semantic Versioning 2.0.0, section 11: numbers, then a pre-release below its release, then identifier by identifier. */
export function comparePrecedence(a: Precedence, b: Precedence): number {
  for (const place of [0, 1, 2] as const) {
    const difference = compareDigits(a.numbers[place], b.numbers[place]);
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0);
  }
  for (const [place, one] of a.prerelease.entries()) {
    const two = b.prerelease[place];
    if (two === undefined) return 1;
    const difference = compareIdentifiers(one, two);
    if (difference !== 0) return difference;
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Numbers by value and below everything else; the rest by ASCII code, case and all. */
function compareIdentifiers(a: string, b: string): number {
  const numeric = isNumeric(a);
  if (numeric !== isNumeric(b)) return numeric ? -1 : 1;
  return numeric ? compareDigits(a, b) : compareAscii(a, b);
}

const tags = { end: 0x01, prerelease: 0x02, release: 0x03, text: 0x90 } as const;

/** Writes the whole key of a semantic version. */
export function writePrecedence({ numbers, prerelease }: Precedence, key: KeyWriter): void {
  for (const number of numbers) key.number(number);
  if (prerelease.length === 0) {
    key.byte(tags.release);
    return;
  }
  key.byte(tags.prerelease);
  for (const identifier of prerelease) {
    if (isNumeric(identifier)) key.number(identifier);
    else key.byte(tags.text).text(identifier);
  }
  key.byte(tags.end);
}

function isNumeric(identifier: string): boolean {
  return /^[0-9]+$/.test(identifier);
}
