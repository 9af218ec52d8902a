/** `1.2.3-rc.1`, `1.2`, `1.x`, `*`: a semantic version of which the numbers at the end may be left open. */
export interface PartialVersion {
  /** None to three runs of digits. */
  readonly numbers: readonly string[];
  /** Empty when there is none; only where there are three numbers. */
  readonly prerelease: string;
}

const part = '(?:\\.([0-9]+|[xX*]))?';
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const form = new RegExp(`^[v=\\s]*([0-9]+|[xX*])${part}${part}(?:-?(${identifiers}))?(?:\\+${identifiers})?$`);

/** Reads what npm and Cargo take for a version in a range; null for anything else. What follows an open number is open. */
export function readPartialVersion(text: string): PartialVersion | null {
  const [, major, minor, patch, prerelease = ''] = form.exec(text) ?? [];
  if (major === undefined) return null;
  const given = [major, minor, patch].filter((number) => number !== undefined);
  const open = given.findIndex((number) => !/^[0-9]/.test(number));
  const numbers = open < 0 ? given : given.slice(0, open);
  // `1.2beta` and `1.x-rc` name no version.
  if (prerelease !== '' && given.length < 3) return null;
  return { numbers, prerelease: numbers.length === 3 ? prerelease : '' };
}

/** The lowest version meant: open numbers are 0, and `tail` (`-0` for the lowest pre-release) follows them. */
export function firstOf({ numbers, prerelease }: PartialVersion, tail: '' | '-0'): string {
  if (numbers.length < 3) return `${filled(numbers)}${tail}`;
  return prerelease === '' ? filled(numbers) : `${filled(numbers)}-${prerelease}`;
}

/** The lowest version with another number at `place` (0 to 2, a number that is given): the number plus one, zeros, `-0`. */
export function endAt({ numbers }: PartialVersion, place: number): string {
  return `${filled([...numbers.slice(0, place), plusOne(numbers[place] ?? '0')])}-0`;
}

/** Where `^` ends: another number at the first one that is not 0, or at the last that is given. */
export function caretPlace(numbers: readonly string[]): number {
  const place = numbers.findIndex((number) => /[1-9]/.test(number));
  return place < 0 ? numbers.length - 1 : place;
}

/** A run of digits plus one, of any length. */
export function plusOne(digits: string): string {
  return String(BigInt(digits) + 1n);
}

function filled(numbers: readonly string[]): string {
  return [...numbers, '0', '0', '0'].slice(0, 3).join('.');
}
