import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareAscii, compareDigits, isDigit, withoutLeadingZeros } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface GemVersion {
  /** Runs of digits and runs of letters; the numbers before the first letters, and all together, end in no zero. */
  readonly segments: readonly string[];
}

/**
 * Ruby's gems (Gem::Version): digits and letters in turns, `-` reads as `.pre.`, letters below numbers and by case, missing
 * segments as 0. Unlike RubyGems: letters may follow the first number at once (`1beta`). A platform (`1.2.3-x86-mingw32`)
 * is no part of a version and would be read as a pre-release: whoever reads gem names has to cut it off.
 */
export const gem: Comparator = defineComparator<GemVersion>({
  scheme: 'gem',
  rules: 1,
  read: readGem,
  order: (a, b) => compareSegments(a.segments, b.segments),
  write: (parts, key) => writeSegments(parts.segments, key),
});

const form = /^[0-9]+[0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function readGem(text: string): GemVersion | Refused {
  const version = text.trim();
  if (!form.test(version)) return { refused: 'it is not a number, then numbers and words between dots' };
  const segments = version.replaceAll('-', '.pre.').match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const firstWord = segments.findIndex((segment) => !isNumber(segment));
  if (firstWord < 0) return { segments: withoutZerosAtEnd(segments) };
  const [numbers, rest] = [segments.slice(0, firstWord), segments.slice(firstWord)];
  return { segments: [...withoutZerosAtEnd(numbers), ...withoutZerosAtEnd(rest)] };
}

function withoutZerosAtEnd(segments: readonly string[]): readonly string[] {
  return segments.slice(0, segments.findLastIndex((segment) => !isZero(segment)) + 1);
}

function isNumber(segment: string): boolean {
  return isDigit(segment.charCodeAt(0));
}

function isZero(segment: string): boolean {
  return isNumber(segment) && withoutLeadingZeros(segment) === '';
}

function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const one = a[place] ?? '0';
    const two = b[place] ?? '0';
    const numeric = isNumber(one);
    if (numeric !== isNumber(two)) return numeric ? 1 : -1;
    const difference = (numeric ? compareDigits : compareAscii)(one, two);
    if (difference !== 0) return difference;
  }
  return 0;
}

const tags = { word: 0x02, zeroBeforeWord: 0x03, end: 0x04, zeroBeforeNumber: 0x05 } as const;

/** The end stands for endless zeros, so a zero is written by what follows it: below the end before a word, else above. */
function writeSegments(segments: readonly string[], key: KeyWriter): void {
  let zeros = 0;
  for (const segment of segments) {
    if (isZero(segment)) {
      zeros++;
      continue;
    }
    const numeric = isNumber(segment);
    for (; zeros > 0; zeros--) key.byte(numeric ? tags.zeroBeforeNumber : tags.zeroBeforeWord);
    if (numeric) key.number(segment);
    else key.byte(tags.word).text(segment);
  }
  key.byte(tags.end);
}
