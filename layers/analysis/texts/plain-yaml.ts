import { Fault } from '#core/fault.ts';

/** Scalars are the texts that stand there: `1.10` is no number, `~` no null. */
export type PlainYaml = string | readonly PlainYaml[] | { readonly [key: string]: PlainYaml };

/** Lock files have some six levels. */
const maxDepth = 50;

/**
 * The first document of a YAML text as programs write lock files: block mappings and sequences, flow collections, plain,
 * quoted and block scalars, comments. Of YAML 1.2 it leaves out keys after `?` and directives; tags and anchors are dropped, aliases
 * stay the texts they are. Takes linear time and memory, which general parsers do not: they need a gigabyte for a megabyte
 * made for it. Throws `input/invalid` with the line that it cannot read.
 */
export function parsePlainYaml(text: string): PlainYaml {
  const lines = new Lines(text);
  const value = lines.line === null ? '' : readBlock(lines, lines.line.indent, 0);
  if (lines.line !== null) throw lines.fault();
  return value;
}

interface Line {
  readonly indent: number;
  /** Without indentation and trailing blanks. */
  readonly text: string;
}

/** The lines of the first document one by one, without blank ones and comments. */
class Lines {
  readonly #text: string;
  #next: number;
  #number = 0;
  /** The line to read next, null at the end. */
  line: Line | null = null;

  constructor(text: string) {
    this.#text = text;
    this.#next = text.startsWith('\ufeff') ? 1 : 0;
    this.advance();
    if (this.line !== null && /^---(\s|$)/.test(this.line.text)) this.advance();
  }

  advance(): void {
    const started = this.#number > 0;
    for (let raw = this.rawLine(); raw !== null; raw = this.rawLine()) {
      const content = raw.trimStart();
      if (content === '' || content.startsWith('#')) continue;
      if (started && /^(---|\.\.\.)(\s|$)/.test(raw)) break;
      this.line = { indent: raw.length - content.length, text: content.trimEnd() };
      return;
    }
    this.#next = this.#text.length;
    this.line = null;
  }

  /** The next line as it is, null at the end. */
  rawLine(): string | null {
    if (this.#next >= this.#text.length) return null;
    const feed = this.#text.indexOf('\n', this.#next);
    const end = feed < 0 ? this.#text.length : feed;
    const raw = this.#text.slice(this.#next, end);
    this.#next = end + 1;
    this.#number += 1;
    return raw;
  }

  /** The raw lines that are blank or deeper than `indent`, from the one after the current; then the next is current. */
  deeper(indent: number): string {
    const taken: string[] = [];
    for (;;) {
      const before = this.#next;
      const raw = this.rawLine();
      if (raw === null) break;
      const content = raw.trimStart();
      if (content !== '' && raw.length - content.length <= indent) {
        this.#next = before;
        this.#number -= 1;
        break;
      }
      taken.push(content.trimEnd());
    }
    this.advance();
    return taken.join('\n').trim();
  }

  /** Puts what follows a dash in the place of the current line. */
  replace(line: Line): void {
    this.line = line;
  }

  fault(): Fault {
    return new Fault('input/invalid', `line ${this.#number} is no YAML of a lock file`);
  }
}

/** The mapping, sequence or scalar whose first line is the current one, at this indentation. */
function readBlock(lines: Lines, indent: number, depth: number): PlainYaml {
  if (depth > maxDepth) throw new Fault('input/invalid', `is YAML with more than ${maxDepth} levels`);
  const { text } = lines.line!;
  if (isItem(text)) return readSequence(lines, indent, depth);
  if (splitKey(text) !== null) return readMapping(lines, indent, depth);
  return readScalar(lines, text, indent - 1);
}

const isItem = (text: string) => text === '-' || text.startsWith('- ');

function readSequence(lines: Lines, indent: number, depth: number): PlainYaml {
  const items: PlainYaml[] = [];
  while (lines.line?.indent === indent && isItem(lines.line.text)) {
    const rest = lines.line.text.slice(1);
    const content = rest.trimStart();
    if (content === '' || content.startsWith('#')) {
      lines.advance();
      items.push(
        lines.line !== null && lines.line.indent > indent ? readBlock(lines, lines.line.indent, depth + 1) : '',
      );
    } else if (isItem(content) || splitKey(content) !== null) {
      const inner = indent + 1 + rest.length - content.length;
      lines.replace({ indent: inner, text: content });
      items.push(readBlock(lines, inner, depth + 1));
    } else items.push(readScalar(lines, content, indent));
  }
  return items;
}

function readMapping(lines: Lines, indent: number, depth: number): PlainYaml {
  const mapping: Record<string, PlainYaml> = Object.create(null);
  while (lines.line?.indent === indent) {
    const entry = splitKey(lines.line.text);
    if (entry === null) throw lines.fault();
    const value = withoutProperties(entry.rest);
    if (value !== '' && !value.startsWith('#')) {
      mapping[entry.key] = readScalar(lines, value, indent);
      continue;
    }
    lines.advance();
    const next: Line | null = lines.line;
    // A sequence may stand as deep as its key.
    const below = next !== null && (next.indent > indent || (next.indent === indent && isItem(next.text)));
    mapping[entry.key] = below ? readBlock(lines, next.indent, depth + 1) : '';
  }
  return mapping;
}

const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/s;

/** `key: rest` or `key:`; null where the line is no entry of a mapping. */
function splitKey(text: string): { readonly key: string; readonly rest: string } | null {
  const match = quoted.exec(text);
  if (match !== null) {
    const rest = text.slice(match[0].length).trimStart();
    return /^:(\s|$)/.test(rest) ? { key: unquote(match), rest: rest.slice(1).trimStart() } : null;
  }
  if (/^[[\]{},#&*!|>%@`"'?]/.test(text) && !/^[?][^\s]/.test(text)) return null;
  const colon = /:(?=\s|$)/.exec(text);
  if (colon === null || text.slice(0, colon.index).includes(' #')) return null;
  return { key: text.slice(0, colon.index).trimEnd(), rest: text.slice(colon.index + 1).trimStart() };
}

/** Without the tag and anchor in front. */
function withoutProperties(text: string): string {
  return /^[!&]/.test(text) ? text.replace(/^(?:[!&]\S*(?:\s+|$)){1,2}/, '') : text;
}

/** The value that begins on the current line and goes on in deeper ones. */
function readScalar(lines: Lines, first: string, indent: number): PlainYaml {
  if (/^[|>][-+\d]{0,2}(\s+#.*)?$/.test(first)) return lines.deeper(indent);
  let text = withoutProperties(first);
  const flow = /^[[{]/.test(text);
  const quote = /^["']/.test(text);
  lines.advance();
  const more: string[] = [];
  while (lines.line !== null && lines.line.indent > indent) {
    more.push(lines.line.text);
    lines.advance();
  }
  if (more.length > 0) text = [text, ...more].join(' ');
  if (flow) return readFlow(text);
  if (!quote) return text.replace(/(^|\s)#.*$/s, '').trimEnd();
  const match = quoted.exec(text);
  if (match === null || !/^\s*(#|$)/.test(text.slice(match[0].length))) throw lines.fault();
  return unquote(match);
}

function unquote([, double, single]: RegExpExecArray): string {
  if (double === undefined) return (single ?? '').replaceAll("''", "'");
  if (!double.includes('\\')) return double;
  return double.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gis, (_, byte, unit, char: string) => {
    if (char !== undefined) return escapes[char] ?? char;
    return String.fromCharCode(Number.parseInt(byte ?? unit, 16));
  });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', e: '\x1b' };

/** A flow collection that is not closed yet: what is in it, and the key and value read since the last comma. */
interface Open {
  readonly close: ']' | '}';
  readonly items: PlainYaml[];
  readonly map: Record<string, PlainYaml>;
  key: string | null;
  value: PlainYaml | null;
}

/** A flow collection on one line: `{integrity: sha512-x, tags: [a, "b"]}`. */
function readFlow(text: string): PlainYaml {
  const tokens = text.matchAll(
    /[[\]{},]|:(?=[\s,\]}]|$)|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[^\s[\]{},:]|:(?![\s,\]}]|$))(?:[^[\]{},:]|:(?![\s,\]}]|$))*|\S/g,
  );
  const stack: Open[] = [];
  const put = (value: PlainYaml) => {
    const open = stack.at(-1);
    if (open === undefined || open.value !== null)
      throw new Fault('input/invalid', 'has a flow collection that is no YAML');
    open.value = value;
  };
  const flush = (open: Open) => {
    if (open.close === ']' && open.value !== null) open.items.push(open.value);
    if (open.close === '}' && (open.key !== null || typeof open.value === 'string')) {
      if (open.key === null) open.map[open.value as string] = '';
      else open.map[open.key] = open.value ?? '';
    }
    open.key = null;
    open.value = null;
  };
  let done: PlainYaml | null = null;
  for (const [token] of tokens) {
    if (done !== null) {
      if (token.startsWith('#')) return done;
      throw new Fault('input/invalid', 'has something behind a flow collection');
    }
    const open = stack.at(-1);
    if (token === '[' || token === '{') {
      if (stack.length === maxDepth) throw new Fault('input/invalid', `is YAML with more than ${maxDepth} levels`);
      stack.push({ close: token === '[' ? ']' : '}', items: [], map: Object.create(null), key: null, value: null });
    } else if (open !== undefined && token === open.close) {
      flush(open);
      stack.pop();
      const value = open.close === ']' ? open.items : open.map;
      if (stack.length === 0) done = value;
      else put(value);
    } else if (open !== undefined && token === ',') flush(open);
    else if (open?.close === '}' && token === ':' && typeof open.value === 'string') {
      open.key = open.value;
      open.value = null;
    } else {
      const match = quoted.exec(token);
      put(match === null ? token.trimEnd() : unquote(match));
    }
  }
  if (done === null) throw new Fault('input/invalid', 'has a flow collection without end');
  return done;
}
