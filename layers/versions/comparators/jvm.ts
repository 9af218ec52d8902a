import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareAscii, compareDigits, withoutLeadingZeros } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface JavaVersion {
  /** Feature, interim, update, patch and what follows, without the zeros at its end. */
  readonly numbers: readonly string[];
  /** Letters and digits; null for a release. */
  readonly prerelease: string | null;
}

/**
 * Releases of Java, in the words of JEP 322 (`17.0.1+12-LTS`, `11.0.9.1`, `21-ea+35`: java.lang.Runtime.Version), and of the
 * years before (`1.8.0_292-b10`, `8u292`, and as NVD has it `1.8.0-update292`), where the update is the third number: 8u292 is
 * 8.0.292. Zeros at the end do not count; neither do builds and what vendors add, since advisories name none. `LTS` is such
 * an addition even where it stands in the place of a pre-release.
 */
export const jvm: Comparator = defineComparator<JavaVersion>({
  scheme: 'jvm',
  rules: 1,
  read: readJvm,
  order: compareJava,
  write: writeJava,
});

const numbersForm = '([0-9]+(?:\\.[0-9]+)*)';
/** `8u292`, `1.8.0_292`, `8.0-update302`, and after the name of old `1.8.0-292`; elsewhere a hyphen begins a pre-release. */
const updateForm = '(?:u|_|[_-]u(?:pdate)?_?|(?<=^1\\.[0-9.]+)-)([0-9]+)';
/** What follows the update is a pre-release, a build, or a vendor's word. */
const formWithUpdate = new RegExp(`^${numbersForm}${updateForm}((?![0-9.])[-+_].*)?$`);
const form = new RegExp(`^${numbersForm}([-+_].*)?$`);

function readJvm(text: string): JavaVersion | Refused {
  if (!/^[!-~]+$/.test(text)) return { refused: 'it holds blanks, control characters or letters beyond ASCII' };
  const version = text.replace(/^(?:openjdk|jdk|jre)-?(?=[0-9])/, '');
  const [, before, update, afterUpdate] = formWithUpdate.exec(version) ?? [];
  const [, all = before, rest = afterUpdate ?? ''] = update === undefined ? (form.exec(version) ?? []) : [];
  if (all === undefined) return { refused: 'it is not a release of Java such as 17.0.1+12 or 1.8.0_292' };
  const numbers = all.split('.');
  // 1.8 was the name of what is 8 today; 1 alone is Java 1.
  if (numbers[0] === '1' && numbers.length > 1) numbers.shift();
  if (update !== undefined) {
    if (numbers.length > 2 && withoutLeadingZeros(numbers.slice(2).join('')) !== '') {
      return { refused: 'it has an update after its third number' };
    }
    numbers.splice(2);
    if (numbers.length === 1) numbers.push('0');
    numbers.push(update);
  }
  return { numbers: withoutZerosAtEnd(numbers), prerelease: prereleaseOf(rest, update !== undefined || isOld(all)) };
}

function isOld(numbers: string): boolean {
  return /^1\.[0-9]/.test(numbers);
}

/** What may follow an old version and is no build: anything else there is a vendor's word (`1.8.0_371-perf`). */
const oldPrerelease = /^-((?:ea|internal|alpha|beta|rc|milestone|snapshot)[0-9]*)(?![0-9A-Za-z])/i;

function prereleaseOf(rest: string, old: boolean): string | null {
  const [, word = ''] = (old ? oldPrerelease : /^[-_]([0-9A-Za-z]+)/).exec(rest) ?? [];
  return word === '' || /^(?:LTS|b[0-9]+)$/i.test(word) ? null : word;
}

function withoutZerosAtEnd(numbers: readonly string[]): readonly string[] {
  let end = numbers.length;
  while (end > 0 && withoutLeadingZeros(numbers[end - 1] ?? '') === '') end--;
  return numbers.slice(0, end);
}

function compareJava(a: JavaVersion, b: JavaVersion): number {
  for (const [place, one] of a.numbers.entries()) {
    const two = b.numbers[place];
    if (two === undefined) return 1;
    const difference = compareDigits(one, two);
    if (difference !== 0) return difference;
  }
  return a.numbers.length - b.numbers.length || comparePrereleases(a.prerelease, b.prerelease);
}

/** Below the release; numbers by value and below words, words by ASCII code. */
function comparePrereleases(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const numeric = isNumeric(a);
  if (numeric !== isNumeric(b)) return numeric ? -1 : 1;
  return numeric ? compareDigits(a, b) : compareAscii(a, b);
}

function isNumeric(word: string): boolean {
  return /^[0-9]+$/.test(word);
}

const tags = { endOfNumbers: 0x01, prerelease: 0x02, release: 0x03, text: 0x90 } as const;

function writeJava({ numbers, prerelease }: JavaVersion, key: KeyWriter): void {
  for (const number of numbers) key.number(number);
  key.byte(tags.endOfNumbers);
  if (prerelease === null) key.byte(tags.release);
  else if (isNumeric(prerelease)) key.byte(tags.prerelease).number(prerelease);
  else key.byte(tags.prerelease).byte(tags.text).text(prerelease);
}
