import { Fault } from '#core/fault.ts';
import { compileRegex, maxText, type Regex } from '#core/regex/regex.ts';
import type { NamedPattern } from '../analysis-settings.ts';
import type { SecretPattern } from './secret-patterns.ts';
import { makeTextFinder } from './text-finder.ts';

/** Searches the text of the file at a path. */
export type TextSearch = (bytes: Uint8Array, path: string) => readonly LinesOfPattern[];

/** Lines that a pattern matched, by its index; from 0, rising, each once. */
export interface LinesOfPattern {
  readonly pattern: number;
  readonly lines: readonly number[];
}

/** Lines of one pattern in one file; more are not told. */
const maxLines = 1000;

/**
 * Searches texts for patterns, line by line, as Python's `re.match` does: from the start of a line, however far. Lines end
 * with LF or CRLF, which no pattern sees; of a line over 65,536 characters the rest is not seen either. Where a pattern
 * asks for a certain text, only lines with that text are tried, all patterns together in one pass. Throws `input/invalid`
 * for a pattern that cannot be used, with its name and the reason, or for two of one name.
 */
export function makeTextSearch(patterns: readonly SecretPattern[]): TextSearch {
  const regexes = patterns.map(compilePattern);
  refuseTwins(patterns);
  const texts: string[] = [];
  const owners: number[] = [];
  const lineByLine: number[] = [];
  for (const [index, { needs }] of regexes.entries()) {
    if (needs === null || patterns[index]!.files !== undefined) lineByLine.push(index);
    else
      for (const text of needs) {
        texts.push(text);
        owners.push(index);
      }
  }
  const find = texts.length === 0 ? null : makeTextFinder(texts);
  return (bytes, path) => {
    let matched: Matched | null = null;
    find?.(bytes, (text, at) => {
      matched ??= new Matched(regexes, bytes);
      matched.tryAt(owners[text]!, at);
    });
    const name = path.slice(path.lastIndexOf('/') + 1);
    const meant = lineByLine.filter((pattern) => patterns[pattern]!.files?.includes(name) ?? true);
    if (meant.length > 0) {
      matched ??= new Matched(regexes, bytes);
      matched.tryLines(meant);
    }
    return matched?.results() ?? [];
  };
}

function compilePattern({ name, regex }: NamedPattern): Regex {
  const compiled = compileRegex(regex);
  if (compiled.kind === 'regex') return compiled.regex;
  throw new Fault('input/invalid', `the pattern ${name} is no regular expression that can be used: ${compiled.reason}`);
}

function refuseTwins(patterns: readonly NamedPattern[]): void {
  const names = new Set<string>();
  for (const { name } of patterns) {
    if (names.has(name))
      throw new Fault('input/invalid', `two patterns are called ${name}; give each a name of its own`);
    names.add(name);
  }
}

/** What was matched in one file so far. */
class Matched {
  readonly #regexes: readonly Regex[];
  readonly #bytes: Uint8Array;
  readonly #lines = new Map<number, number[]>();
  /** Line on which each pattern was tried last. */
  readonly #tried: Int32Array;
  #line = 0;
  #start = 0;
  #end = 0;
  #text: string | null = null;

  constructor(regexes: readonly Regex[], bytes: Uint8Array) {
    this.#regexes = regexes;
    this.#bytes = bytes;
    this.#tried = new Int32Array(regexes.length).fill(-1);
    this.#end = this.#lineEnd(0);
  }

  /** Tries a pattern on the line of a position; positions never go back. */
  tryAt(pattern: number, at: number): void {
    while (at > this.#end) this.#nextLine();
    this.#try(pattern);
  }

  tryLines(patterns: readonly number[]): void {
    this.#line = 0;
    this.#start = 0;
    this.#end = this.#lineEnd(0);
    this.#text = null;
    while (this.#start < this.#bytes.length) {
      for (const pattern of patterns) this.#try(pattern);
      this.#nextLine();
    }
  }

  results(): readonly LinesOfPattern[] {
    return [...this.#lines].sort(([a], [b]) => a - b).map(([pattern, lines]) => ({ pattern, lines }));
  }

  #try(pattern: number): void {
    if (this.#tried[pattern] === this.#line) return;
    this.#tried[pattern] = this.#line;
    const lines = this.#lines.get(pattern) ?? [];
    if (lines.length >= maxLines) return;
    this.#text ??= this.#lineText();
    if (!this.#regexes[pattern]!.matches(this.#text)) return;
    lines.push(this.#line);
    this.#lines.set(pattern, lines);
  }

  #nextLine(): void {
    this.#line += 1;
    this.#start = this.#end + 1;
    this.#end = this.#lineEnd(this.#start);
    this.#text = null;
  }

  #lineEnd(start: number): number {
    const end = this.#bytes.indexOf(0x0a, start);
    return end < 0 ? this.#bytes.length : end;
  }

  #lineText(): string {
    const { buffer, byteOffset } = this.#bytes;
    const end = this.#bytes[this.#end - 1] === 0x0d ? this.#end - 1 : this.#end;
    const length = Math.max(0, Math.min(end - this.#start, 4 * maxText));
    return Buffer.from(buffer, byteOffset + this.#start, length)
      .toString('utf8')
      .slice(0, maxText);
  }
}
