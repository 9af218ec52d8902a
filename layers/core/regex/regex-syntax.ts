import { anyOf, type CharTest, classes, controls, foldCase, not, one, range } from './regex-characters.ts';
import type { Position, RegexNode } from './regex-node.ts';

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

class PatternError extends Error {}

const maxDepth = 200;

/** Parses the notation of Python's `re` (docs.python.org/3/library/re.html, as of 3.8) for texts. */
export function parseRegex(
  source: string,
): { readonly kind: 'node'; readonly node: RegexNode } | { readonly kind: 'invalid'; readonly reason: string } {
  try {
    let flags: Flags = { ignoreCase: false, multiline: false, dotAll: false };
    // `(?i)` holds for the whole pattern wherever it stands: read again when one turns up.
    for (;;) {
      const parser = new Parser(source, flags);
      const node = parser.pattern();
      if (parser.global === flags) return { kind: 'node', node };
      flags = parser.global;
    }
  } catch (error) {
    if (error instanceof PatternError) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

class Parser {
  global: Flags;
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #groups = new Set<string>();

  constructor(source: string, flags: Flags) {
    this.#text = [...source];
    this.global = flags;
  }

  pattern(): RegexNode {
    const node = this.#choice(this.global);
    if (this.#at < this.#text.length) this.#fail('unbalanced parenthesis');
    return node;
  }

  #choice(flags: Flags): RegexNode {
    if (++this.#depth > maxDepth) this.#fail('groups are nested too deeply');
    const nodes = [this.#sequence(flags)];
    while (this.#take('|')) nodes.push(this.#sequence(flags));
    this.#depth--;
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes };
  }

  #sequence(flags: Flags): RegexNode {
    const nodes: RegexNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const node = this.#atom(flags);
      nodes.push(this.#repeated(node));
    }
    return { kind: 'sequence', nodes };
  }

  #repeated(node: RegexNode | null): RegexNode {
    const count = this.#count();
    if (count === null) return node ?? { kind: 'sequence', nodes: [] };
    if (node === null || node.kind === 'position') this.#fail('nothing to repeat');
    this.#take('?');
    const again = this.#at;
    if (this.#count() !== null) {
      this.#at = again;
      this.#fail('multiple repeat');
    }
    return { kind: 'repeat', node, ...count };
  }

  #count(): { min: number; max: number } | null {
    const next = this.#peek();
    if (next === '*' || next === '+' || next === '?') {
      this.#at++;
      return { min: next === '+' ? 1 : 0, max: next === '?' ? 1 : Number.POSITIVE_INFINITY };
    }
    if (next !== '{') return null;
    const form = /^\{(\d*)(,?)(\d*)\}/.exec(this.#text.slice(this.#at, this.#at + 32).join(''));
    if (form === null || form[0] === '{}') return null;
    const min = form[1] === '' ? 0 : Number(form[1]);
    const max = form[2] === '' ? min : form[3] === '' ? Number.POSITIVE_INFINITY : Number(form[3]);
    if (max < min) this.#fail('min repeat greater than max repeat');
    this.#at += form[0].length;
    return { min, max };
  }

  /** One thing that may be repeated; null for what stands for nothing (comments, flags). */
  #atom(flags: Flags): RegexNode | null {
    const next = this.#text[this.#at++]!;
    switch (next) {
      case '.':
        return { kind: 'character', test: flags.dotAll ? () => true : not(one('\n')) };
      case '^':
        return { kind: 'position', at: flags.multiline ? 'line-start' : 'start' };
      case '$':
        return { kind: 'position', at: flags.multiline ? 'line-end' : 'end-or-newline' };
      case '[':
        return this.#set(flags);
      case '(':
        return this.#group(flags);
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        return this.#fail('nothing to repeat');
      default:
        return this.#literal(next, flags);
    }
  }

  #group(flags: Flags): RegexNode | null {
    if (!this.#take('?')) return this.#rest(flags);
    const next = this.#text[this.#at++];
    if (next === ':') return this.#rest(flags);
    if (next === '=' || next === '!') return this.#look(true, next === '!', flags);
    if (next === '#') return this.#comment();
    if (next === 'P' && this.#take('<')) return this.#named(flags);
    if (next === '<') {
      const kind = this.#text[this.#at++];
      if (kind === '=' || kind === '!') return this.#look(false, kind === '!', flags);
      return this.#fail('unknown extension (?<; a named group is (?P<name>...)');
    }
    if (next === 'P' && this.#peek() === '=') return this.#fail('back references are not supported');
    if (next === '(') return this.#fail('conditional groups are not supported');
    this.#at--;
    return this.#flagged(flags);
  }

  /** The rest of a group up to its closing parenthesis. */
  #rest(flags: Flags): RegexNode {
    const node = this.#choice(flags);
    if (!this.#take(')')) this.#fail('missing ), unterminated group');
    // A group is one thing: what is inside cannot be taken for a position that cannot be repeated.
    return { kind: 'sequence', nodes: [node] };
  }

  #look(ahead: boolean, negated: boolean, flags: Flags): RegexNode {
    return { kind: 'look', ahead, negated, node: this.#rest(flags) };
  }

  #comment(): null {
    while (this.#at < this.#text.length) if (this.#text[this.#at++] === ')') return null;
    return this.#fail('missing ), unterminated comment');
  }

  #named(flags: Flags): RegexNode {
    const name = this.#until('>');
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.#fail(`bad group name '${name}'`);
    if (this.#groups.has(name)) this.#fail(`group name '${name}' is used twice`);
    this.#groups.add(name);
    return this.#rest(flags);
  }

  /** `(?i)` for the whole pattern, `(?i-s:...)` for a group. */
  #flagged(flags: Flags): RegexNode | null {
    let on = '';
    let off = '';
    while (/[a-zA-Z]/.test(this.#peek() ?? '')) on += this.#text[this.#at++];
    if (this.#take('-')) while (/[a-zA-Z]/.test(this.#peek() ?? '')) off += this.#text[this.#at++];
    const bad = /[^imsu]/.exec(on + off)?.[0];
    if (bad !== undefined) this.#fail(`the flag '${bad}' is not supported`);
    const set = (from: Flags): Flags => ({
      ignoreCase: (from.ignoreCase || on.includes('i')) && !off.includes('i'),
      multiline: (from.multiline || on.includes('m')) && !off.includes('m'),
      dotAll: (from.dotAll || on.includes('s')) && !off.includes('s'),
    });
    if (this.#take(':')) return this.#rest(set(flags));
    if (on === '' || off !== '' || !this.#take(')')) this.#fail('unknown extension after (?');
    const wanted = set(this.global);
    if (JSON.stringify(wanted) !== JSON.stringify(this.global)) this.global = wanted;
    return null;
  }

  #escape(flags: Flags): RegexNode {
    const next = this.#peek();
    const position = positions[next ?? ''];
    if (position !== undefined) {
      this.#at++;
      return { kind: 'position', at: position };
    }
    if (/[1-9]/.test(next ?? '')) {
      // Three octal digits are a character, everything else a back reference.
      if (!/^[0-3][0-7][0-7]/.test(this.#text.slice(this.#at, this.#at + 3).join(''))) {
        this.#fail('back references are not supported');
      }
    }
    const escaped = this.#escaped(false);
    return typeof escaped === 'string' ? this.#literal(escaped, flags) : { kind: 'character', test: escaped };
  }

  /** What stands after a backslash: one character, or a class of them. */
  #escaped(inSet: boolean): string | CharTest {
    const next = this.#text[this.#at++];
    if (next === undefined) return this.#fail('bad escape (end of pattern)');
    const known = classes[next];
    if (known !== undefined) return known;
    if (next === 'b' && inSet) return '\b';
    const control = controls[next];
    if (control !== undefined) return control;
    const hex = { x: 2, u: 4, U: 8 }[next];
    if (hex !== undefined) return this.#code(hex);
    if (/[0-7]/.test(next)) return this.#octal(next);
    if (/[a-zA-Z0-9]/.test(next)) return this.#fail(`bad escape \\${next}`);
    return next;
  }

  #code(length: number): string {
    const text = this.#text.slice(this.#at, this.#at + length).join('');
    this.#at += length;
    const code = /^[0-9a-fA-F]+$/.test(text) && text.length === length ? Number.parseInt(text, 16) : -1;
    if (code < 0 || code > 0x10ffff) this.#fail('incomplete escape');
    return String.fromCodePoint(code);
  }

  #octal(first: string): string {
    let text = first;
    while (text.length < 3 && /[0-7]/.test(this.#peek() ?? '')) text += this.#text[this.#at++];
    return String.fromCodePoint(Number.parseInt(text, 8));
  }

  #set(flags: Flags): RegexNode {
    const negated = this.#take('^');
    const tests: CharTest[] = [];
    for (let first = true; ; first = false) {
      const next = this.#text[this.#at++];
      if (next === undefined) return this.#fail('unterminated character set');
      if (next === ']' && !first) break;
      const from = next === '\\' ? this.#escaped(true) : next;
      if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') {
        tests.push(typeof from === 'string' ? one(from) : from);
        continue;
      }
      this.#at++;
      const last = this.#text[this.#at++];
      if (last === undefined) return this.#fail('unterminated character set');
      const to = last === '\\' ? this.#escaped(true) : last;
      if (typeof from !== 'string' || typeof to !== 'string' || from.codePointAt(0)! > to.codePointAt(0)!) {
        return this.#fail('bad character range');
      }
      tests.push(range(from, to));
    }
    const inside = flags.ignoreCase ? foldCase(anyOf(tests)) : anyOf(tests);
    return { kind: 'character', test: negated ? not(inside) : inside };
  }

  #literal(text: string, flags: Flags): RegexNode {
    return { kind: 'character', test: flags.ignoreCase ? foldCase(one(text)) : one(text), text };
  }

  #until(end: string): string {
    let text = '';
    for (;;) {
      const next = this.#text[this.#at++];
      if (next === undefined) this.#fail(`missing ${end}`);
      if (next === end) return text;
      text += next;
    }
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(text: string): boolean {
    if (this.#text[this.#at] !== text) return false;
    this.#at++;
    return true;
  }

  #fail(reason: string): never {
    throw new PatternError(`${reason} at position ${Math.min(this.#at, this.#text.length)}`);
  }
}

const positions: Readonly<Record<string, Position>> = {
  A: 'start',
  Z: 'end',
  b: 'word-edge',
  B: 'no-word-edge',
};
