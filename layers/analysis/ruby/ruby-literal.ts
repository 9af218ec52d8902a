/** Longest literal that is read. */
const maxLength = 16 * 1024;
const maxItems = 256;

/**
 * The string, or the list of strings, that stands as a literal at a place of Ruby source: `"..."`, `'...'`, `%q<...>` and its
 * kin, `[...]` of those, each with or without `.freeze`. Null for anything that only Ruby could tell (doc/syntax/literals.rdoc).
 */
export function readRubyValue(source: string, at: number): string | readonly string[] | null {
  const text = source.slice(at, at + maxLength);
  if (text[0] !== '[') return stringAt(text, 0)?.value ?? null;
  const items: string[] = [];
  let from = 1;
  while (items.length <= maxItems) {
    from = skip(text, from);
    if (text[from] === ']') return items;
    const item = stringAt(text, from);
    if (item === null) return null;
    items.push(item.value);
    from = skip(text, item.end);
    if (text[from] === ',') from += 1;
    else if (text[from] !== ']') return null;
  }
  return null;
}

/** Past blanks and comments. */
function skip(text: string, from: number): number {
  const blanks = /(?:\s+|#[^\n]*(?:\n|$))*/y;
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

interface Literal {
  readonly value: string;
  readonly end: number;
}

const closing: Readonly<Record<string, string>> = { '<': '>', '(': ')', '[': ']', '{': '}' };

function stringAt(text: string, at: number): Literal | null {
  const percent = /%([qQ]?)([^\s\w])/y;
  percent.lastIndex = at;
  const match = percent.exec(text);
  const quote = match?.[2] ?? text[at];
  if (quote === undefined || (match === null && quote !== '"' && quote !== "'")) return null;
  const interpolates = match === null ? quote === '"' : match[1] !== 'q';
  const start = match === null ? at + 1 : percent.lastIndex;
  const end = endOf(text, start, quote, closing[quote] ?? quote);
  if (end === null) return null;
  const inner = text.slice(start, end);
  if (interpolates && /(?<!\\)(?:\\\\)*#[{$@]/.test(inner)) return null;
  return {
    value: interpolates ? unescaped(inner) : inner.replace(/\\(['"\\])/g, '$1'),
    end: afterFreeze(text, end + 1),
  };
}

/** Brackets nest in `%q<...>`. */
function endOf(text: string, start: number, open: string, close: string): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === close && depth === 0) return at;
    else if (text[at] === close) depth -= 1;
    else if (text[at] === open && open !== close) depth += 1;
  }
  return null;
}

function afterFreeze(text: string, end: number): number {
  return text.startsWith('.freeze', end) ? end + '.freeze'.length : end;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '',
  a: '',
  b: '',
  f: '\f',
  v: '\v',
  s: ' ',
};

/** Escapes of a double-quoted string as String#dump writes them; `\xNN` are bytes of UTF-8. */
function unescaped(inner: string): string {
  return inner.replace(
    /((?:\\x[0-9A-Fa-f]{1,2})+)|\\u\{([0-9A-Fa-f ]{1,64})\}|\\u([0-9A-Fa-f]{4})|\\(.)/gs,
    (_, bytes?: string, points?: string, point?: string, letter?: string) => {
      if (bytes !== undefined)
        return Buffer.from(
          bytes
            .slice(2)
            .split('\\x')
            .map((hex) => Number.parseInt(hex, 16)),
        ).toString();
      if (points !== undefined) return points.trim().split(/ +/).map(character).join('');
      if (point !== undefined) return character(point);
      return escapes[letter!] ?? letter!;
    },
  );
}

function character(hex: string): string {
  const point = Number.parseInt(hex, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
}
