import { compareDigits } from './digits.ts';
import type { KeyWriter } from './key-writer.ts';

/** Orders lists of digit runs number by number; a list stands above its own beginning, so `1.0` is above `1`. */
export function compareNumberLists(a: readonly string[], b: readonly string[]): number {
  for (const [place, one] of a.entries()) {
    const two = b[place];
    if (two === undefined) return 1;
    const difference = compareDigits(one, two);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const end = 0x01;

/** Writes the whole key of a version that is a list of numbers. */
export function writeNumberList(numbers: readonly string[], key: KeyWriter): void {
  for (const number of numbers) key.number(number);
  key.byte(end);
}
