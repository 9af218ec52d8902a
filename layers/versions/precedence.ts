import { compareAscii, compareDigits } from './digits.ts';
import type { KeyWriter } from './key-writer.ts';

/** What the order of semantic versions looks at: build metadata is gone. */
export interface Precedence {
  /** Major, minor, patch and whatever the scheme puts after them, as runs of digits; every version of a scheme has as many. */
  readonly numbers: readonly string[];
  /** Empty for a release. */
  readonly prerelease: readonly Identifier[];
}

/** What stands between the dots of a pre-release or of build metadata: a run of digits or another text of `[0-9A-Za-z-]+`. */
export interface Identifier {
  readonly numeric: boolean;
  readonly text: string;
}

/** The identifiers of a dotted text; digits above `largest` are a text where the scheme's own tool cannot hold them. */
export function identifiers(dotted: string, largest?: string): readonly Identifier[] {
  return dotted.split('.').map((text) => ({
    text,
    numeric: /^[0-9]+$/.test(text) && (largest === undefined || compareDigits(text, largest) <= 0),
  }));
}

/** Semantic Versioning 2.0.0, section 11: numbers, then a pre-release below its release, then identifier by identifier. */
export function comparePrecedence(a: Precedence, b: Precedence): number {
  for (const [place, number] of a.numbers.entries()) {
    const difference = compareDigits(number, b.numbers[place] ?? '');
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0);
  }
  return compareIdentifiers(a.prerelease, b.prerelease);
}

/** Identifier by identifier: numbers by value and below everything else, the rest by ASCII code; fewer below more. */
export function compareIdentifiers(a: readonly Identifier[], b: readonly Identifier[]): number {
  for (const [place, one] of a.entries()) {
    const two = b[place];
    if (two === undefined) return 1;
    if (one.numeric !== two.numeric) return one.numeric ? -1 : 1;
    const difference = (one.numeric ? compareDigits : compareAscii)(one.text, two.text);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const tags = { end: 0x01, prerelease: 0x02, release: 0x03, text: 0x90 } as const;

/** Writes the whole key of a semantic version. */
export function writePrecedence({ numbers, prerelease }: Precedence, key: KeyWriter): void {
  for (const number of numbers) key.number(number);
  if (prerelease.length === 0) key.byte(tags.release);
  else writeIdentifiers(prerelease, key.byte(tags.prerelease));
}

/** Writes identifiers and their end. */
export function writeIdentifiers(list: readonly Identifier[], key: KeyWriter): void {
  for (const { numeric, text } of list) {
    if (numeric) key.number(text);
    else key.byte(tags.text).text(text);
  }
  key.byte(tags.end);
}
