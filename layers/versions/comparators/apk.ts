import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareAscii, compareDigits, endOfRun, isDigit } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface ApkVersion {
  readonly text: string;
}

/**
 * Alpine, Wolfi and their kin by the rules of apk-tools 2.14 (src/version.c of its 2.14-stable branch), for all releases:
 * `digits{.digits}[letter]{_suffix[number]}[-r number]`, and what 2.14 takes beside, such as `6.0.2p1`, `.1`, `1..2`, `1-r`.
 * Two forms that only apk-tools 3 knows are ordered too: runs of 18 digits and more, and `~commit` before `-r`, which as in
 * version 3 stands above the same version without it and is otherwise ordered as text. A text that is valid in neither is refused.
 */
export const apk: Comparator = defineComparator<ApkVersion>({
  scheme: 'apk',
  rules: 1,
  read: readApk,
  order: (a, b) => compareTokens(a.text, b.text),
  write: (parts, key) => writeApk(parts.text, key),
});

/** Suffixes below the plain version, then those above it, each in rising order. */
const preSuffixes = ['alpha', 'beta', 'pre', 'rc'];
const postSuffixes = ['cvs', 'svn', 'git', 'hg', 'p'];

const suffixes = `(?:_(?:${[...preSuffixes, ...postSuffixes].join('|')})[0-9]*)*`;
const numbers = '[0-9]*(?:\\.[0-9]*)*';
/** What 2.14 takes: every number may be empty, digits may follow the letter, `-r` may come twice, a last `_` may lack its name. */
const form = new RegExp(`^${numbers}(?:[a-z][0-9]+(?:\\.[0-9]*)*)*[a-z]?${suffixes}(?:_|(?:-r[0-9]*)*)$`);
/** What 3 takes with a commit. */
const formWithCommit = new RegExp(`^[0-9]+(?:\\.[0-9]+)*[a-z]?${suffixes}~[0-9a-f]+(?:-r[0-9]+)?$`);

function readApk(text: string): ApkVersion | Refused {
  if (form.test(text) || formWithCommit.test(text)) return { text };
  return { refused: 'it is not digits{.digits}[letter]{_suffix[number]}[~commit][-r number]' };
}

/** As apk_version_compare_blob of 2.14: token by token; where other kinds of tokens come next, their rank decides. */
function compareTokens(one: string, two: string): number {
  const a = new Tokens(one);
  const b = new Tokens(two);
  do {
    const kind = a.kind;
    const difference = compareValues(kind, a.next(), b.next());
    if (difference !== 0) return difference;
  } while (a.kind === b.kind && a.kind !== ranks.end);

  const ranksDiffer = b.kind - a.kind;
  if (a.kind === b.kind) return 0;
  if (a.kind === ranks.suffix && Number(a.next()) < 0) return -1;
  if (b.kind === ranks.suffix && Number(b.next()) < 0) return 1;
  return ranksDiffer;
}

/** The kinds of tokens: the version whose next token has the lower rank is the higher one, unless that is a pre-suffix. */
const ranks = { dotted: 0, digits: 1, letter: 2, suffix: 3, suffixNumber: 4, commit: 5, revision: 6, end: 7 };

/** Digits or a commit as text; a letter, a suffix or the count of leading zeros as a number. */
type TokenValue = number | string;

/** The tokens of a valid version, as 2.14's get_token reads them. */
class Tokens {
  /** The kind of the token that `next` will read. */
  kind = ranks.digits;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): TokenValue {
    if (this.#at >= this.#text.length) {
      this.kind = ranks.end;
      return 0;
    }
    const start = this.#at;
    if (this.kind === ranks.dotted && this.#text[start] === '0') {
      // Zeros after a dot are a value of their own, the more the lower; the last zero is read again with the digits.
      this.#at = endOfRun(this.#text, start, (code) => code === zero) - 1;
      this.kind = ranks.digits;
      return start - this.#at;
    }
    const value = this.#read(start);
    this.#follow();
    return value;
  }

  #read(start: number): TokenValue {
    if (this.kind === ranks.letter) return this.#text.charCodeAt(this.#at++);
    if (this.kind === ranks.suffix) {
      this.#at = endOfRun(this.#text, start, isLower);
      return suffixRank(this.#text.slice(start, this.#at));
    }
    this.#at = endOfRun(this.#text, start, this.kind === ranks.commit ? isHex : isDigit);
    return this.#text.slice(start, this.#at);
  }

  /** Tells the kind of the next token, and skips what introduces it. */
  #follow(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (Number.isNaN(code)) this.kind = ranks.end;
    else if (isDigit(code)) this.kind = this.kind === ranks.suffix ? ranks.suffixNumber : ranks.digits;
    else if (isLower(code)) this.kind = ranks.letter;
    else {
      const introduced = introducers[this.#text[this.#at] ?? ''] ?? ranks.end;
      this.kind = introduced;
      this.#at += introduced === ranks.revision ? 2 : 1;
    }
  }
}

const introducers: Readonly<Record<string, number>> = {
  '.': ranks.dotted,
  _: ranks.suffix,
  '~': ranks.commit,
  '-': ranks.revision,
};

const zero = 0x30;

function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66);
}

/** Below 0 for a pre-suffix; a missing name reads as the first post-suffix, as in 2.14. */
function suffixRank(name: string): number {
  const before = preSuffixes.indexOf(name);
  return before >= 0 ? before - preSuffixes.length : Math.max(postSuffixes.indexOf(name), 0);
}

function compareValues(kind: number, a: TokenValue, b: TokenValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return a || compareDigits('', String(b));
  if (typeof b === 'number') return -b || compareDigits(a, '');
  return kind === ranks.commit ? compareAscii(a, b) : compareDigits(a, b);
}

const tags = {
  preSuffix: 0x01,
  end: 0x02,
  revision: 0x03,
  suffixNumber: 0x04,
  postSuffix: 0x05,
  letter: 0x06,
  digits: 0x07,
  dotted: 0x08,
  /** After the tag of a revision: above every number, so that a commit stands between all revisions and a suffix number. */
  commit: 0x90,
} as const;

function writeApk(text: string, key: KeyWriter): void {
  key.number(text.slice(0, endOfRun(text, 0, isDigit)));
  for (const token of text.matchAll(/\.([0-9]*)|([a-z])([0-9]*)|_([a-z]*)([0-9]*)|-r([0-9]*)|~([0-9a-f]+)/g)) {
    const [, dotted, letter, afterLetter, name, suffixNumber, revision, commit] = token;
    if (dotted !== undefined) writeDotted(dotted, key);
    else if (letter !== undefined) {
      key.byte(tags.letter).byte(letter.charCodeAt(0));
      if (afterLetter) key.byte(tags.digits).number(afterLetter);
    } else if (name !== undefined) {
      writeSuffix(name, key);
      if (suffixNumber) key.byte(tags.suffixNumber).number(suffixNumber);
    } else if (revision !== undefined) key.byte(tags.revision).number(revision);
    else
      key
        .byte(tags.revision)
        .byte(tags.commit)
        .text(commit ?? '');
  }
  key.byte(tags.end);
}

/** A number after a dot; after n + 1 leading zeros the value is -n, written downwards from 0f, and the digits follow as a number. */
function writeDotted(digits: string, key: KeyWriter): void {
  key.byte(tags.dotted);
  const zeros = endOfRun(digits, 0, (code) => code === zero);
  if (zeros === 0) {
    key.number(digits);
    return;
  }
  const below = zeros - 1;
  if (below === 0) key.number('');
  else if (below < 0x0f) key.byte(0x0f - below);
  else key.byte(0x00).byte(0xff - below);
  key.byte(tags.digits).number(digits);
}

function writeSuffix(name: string, key: KeyWriter): void {
  const before = preSuffixes.indexOf(name);
  if (before >= 0) key.byte(tags.preSuffix).byte(before + 1);
  else key.byte(tags.postSuffix).byte(Math.max(postSuffixes.indexOf(name), 0) + 5);
}
