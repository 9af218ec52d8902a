import type { Comparator } from '../comparator.ts';
import { abovePrefix, defineComparator, type Refused, written } from '../define-comparator.ts';
import { compareAscii, compareDigits, isDigit, withoutLeadingZeros } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface GenericVersion {
  readonly tokens: readonly Token[];
  /** What follows a plus; null when there is none. */
  readonly build: readonly Token[] | null;
}

interface Token {
  /** One of `kinds`. */
  readonly kind: number;
  /** Digits of a number, the rank of a pre-release, lower-case letters of a word; empty for a tilde. */
  readonly value: string;
}

/**
 * The order for versions of no known scheme: programs that are recognised by their bytes, CPEs of NVD, Conan. It says what
 * most such versions mean: numbers by value, `1 = 1.0 = 1.0.0`, `1.0-rc1 < 1.0`, `1.0.2 < 1.0.2-fips < 1.0.2k < 1.0.2za < 1.0.3`,
 * `9.6 < 9.6p1`, letter case and the kind of separators without meaning. As a last affected or exact version, one without a
 * build (`+k3s1`) takes its builds in. A text that does not begin with a number (or `v` and a number) is refused.
 */
export const generic: Comparator = defineComparator<GenericVersion>({
  scheme: 'generic',
  rules: 1,
  read: readGeneric,
  order: (a, b) => compareTokens(a.tokens, b.tokens) || compareBuilds(a.build, b.build),
  write(parts, key) {
    writeTokens(parts.tokens, key);
    if (parts.build === null) key.byte(builds.none);
    else {
      key.byte(builds.some);
      writeTokens(parts.build, key);
    }
  },
  end: (parts) => (parts.build === null ? abovePrefix(written((key) => writeTokens(parts.tokens, key))) : null),
});

/** In rising order, and the tags in the key. A word after a separator is a flavour of the release, one after a number its patch. */
const kinds = { tilde: 0x01, prerelease: 0x02, end: 0x03, flavour: 0x05, patch: 0x06, number: 0x10 } as const;
const builds = { none: 0x01, some: 0x02 } as const;

/** Words of what comes before a release, in rising order. */
const prereleases: readonly (readonly string[])[] = [
  ['dev', 'devel', 'snapshot', 'nightly', 'canary', 'trunk'],
  ['alpha', 'a'],
  ['beta', 'b'],
  ['milestone', 'm'],
  ['pre', 'preview', 'prerelease', 'ea'],
  ['rc', 'cr'],
];
const ranks: ReadonlyMap<string, string> = new Map(
  prereleases.flatMap((words, rank) => words.map((word) => [word, String(rank)] as const)),
);
/** Single letters mean a pre-release only before a number: `1.0a` is a patch of 1.0, `1.0a1` an alpha. */
const needsNumber = /^[abm]$/;
const meansRelease = /^(?:final|ga|release|stable)$/;

function readGeneric(text: string): GenericVersion | Refused {
  if (!/^[!-~]+$/.test(text)) return { refused: 'it holds blanks, control characters or letters beyond ASCII' };
  const version = text.toLowerCase().replace(/^v(?=[0-9])/, '');
  if (!isDigit(version.charCodeAt(0))) return { refused: 'it does not begin with a number' };
  const plus = version.indexOf('+');
  const build = plus < 0 ? [] : tokensOf(version.slice(plus + 1));
  return {
    tokens: tokensOf(plus < 0 ? version : version.slice(0, plus)),
    build: build.length === 0 ? null : build,
  };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(/[0-9]+|[a-z]+|~/g)) {
    const [run] = found;
    if (isDigit(run.charCodeAt(0))) {
      tokens.push({ kind: kinds.number, value: run });
      continue;
    }
    if (meansRelease.test(run)) continue;
    dropZeros(tokens);
    if (run === '~') tokens.push({ kind: kinds.tilde, value: '' });
    else tokens.push(wordToken(run, text, found.index));
  }
  dropZeros(tokens);
  return tokens;
}

function wordToken(word: string, text: string, at: number): Token {
  const rank = ranks.get(word);
  if (rank !== undefined && (!needsNumber.test(word) || isDigit(text.charCodeAt(at + word.length)))) {
    return { kind: kinds.prerelease, value: rank };
  }
  return { kind: isDigit(text.charCodeAt(at - 1)) ? kinds.patch : kinds.flavour, value: word };
}

function dropZeros(tokens: Token[]): void {
  while (tokens.at(-1)?.kind === kinds.number && withoutLeadingZeros(tokens.at(-1)?.value ?? '') === '') tokens.pop();
}

function compareTokens(a: readonly Token[], b: readonly Token[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const one = a[place] ?? end;
    const two = b[place] ?? end;
    const difference = one.kind - two.kind || (spelled(one) ? compareAscii : compareDigits)(one.value, two.value);
    if (difference !== 0) return difference;
  }
  return 0;
}

const end: Token = { kind: kinds.end, value: '' };

function spelled({ kind }: Token): boolean {
  return kind === kinds.flavour || kind === kinds.patch;
}

function compareBuilds(a: readonly Token[] | null, b: readonly Token[] | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareTokens(a, b);
}

function writeTokens(tokens: readonly Token[], key: KeyWriter): void {
  for (const token of tokens) {
    if (token.kind !== kinds.number) key.byte(token.kind);
    if (spelled(token)) key.text(token.value);
    else if (token.kind !== kinds.tilde) key.number(token.value);
  }
  key.byte(kinds.end);
}
