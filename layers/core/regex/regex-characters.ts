/** Says of a code point whether it belongs. */
export type CharTest = (code: number) => boolean;

/** Exactly this character. */
export function one(character: string): CharTest {
  const wanted = character.codePointAt(0);
  return (code) => code === wanted;
}

export function range(from: string, to: string): CharTest {
  const low = from.codePointAt(0)!;
  const high = to.codePointAt(0)!;
  return (code) => code >= low && code <= high;
}

export function not(test: CharTest): CharTest {
  return (code) => !test(code);
}

/** A set; the answers for ASCII are worked out once. */
export function anyOf(tests: readonly CharTest[]): CharTest {
  const any: CharTest = (code) => tests.some((test) => test(code));
  const ascii = Array.from({ length: 128 }, (_, code) => any(code));
  return (code) => (code < 128 ? ascii[code]! : any(code));
}

/** In either case: simple case mappings only (`ß` is not `ss`), as Python's `re`. */
export function foldCase(test: CharTest): CharTest {
  return anyOf([
    (code) => {
      if (test(code)) return true;
      const text = String.fromCodePoint(code);
      const lower = text.toLowerCase();
      const upper = text.toUpperCase();
      return testsAs(test, lower, code) || testsAs(test, upper, code);
    },
  ]);
}

function testsAs(test: CharTest, text: string, code: number): boolean {
  const other = text.codePointAt(0)!;
  return other !== code && String.fromCodePoint(other).length === text.length && test(other);
}

/** `\d`, `\s` and `\w` of Python's texts are Unicode's. */
const digits: CharTest = anyOf([(code) => /^\p{Nd}$/u.test(String.fromCodePoint(code))]);

const spaces: CharTest = anyOf([
  (code) =>
    (code >= 0x1c && code <= 0x1f) || code === 0x85 || (code !== 0xfeff && /^\s$/u.test(String.fromCodePoint(code))),
]);

export const wordCharacters: CharTest = anyOf([(code) => /^[\p{L}\p{N}_]$/u.test(String.fromCodePoint(code))]);

/** What stands for a class of characters after a backslash. */
export const classes: Readonly<Record<string, CharTest>> = {
  d: digits,
  D: not(digits),
  s: spaces,
  S: not(spaces),
  w: wordCharacters,
  W: not(wordCharacters),
};

/** What stands for one control character after a backslash. */
export const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
