/** Header fields by lower-case name, each with its values in the order of the file. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/**
 * The headers of a message as Python's package metadata writes them (RFC 5322 fields, UTF-8, LF or CRLF; core metadata
 * specification): `Name: value`, lines that begin with a space or tab continue the value, a blank line ends them all, and so
 * does a line that is no field, as in Python's own parser. Values are trimmed, continuations joined by a line feed.
 */
export function parseHeaders(text: string): Headers {
  const headers = new Map<string, string[]>();
  let open: { readonly values: string[]; value: string[] } | null = null;
  const close = () => {
    if (open !== null) open.values.push(open.value.join('\n').trim());
    open = null;
  };
  for (const line of lines(text)) {
    if (line === '') break;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      open?.value.push(line.trim());
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) break;
    close();
    const name = line.slice(0, colon).trimEnd().toLowerCase();
    const values = headers.get(name) ?? [];
    headers.set(name, values);
    open = { values, value: [line.slice(colon + 1)] };
  }
  close();
  return headers;
}

/**
 * A value with its encoded words (RFC 2047, in UTF-8 or Latin-1) and quoted strings as the text they stand for. Takes time
 * with the square of the length: cut what comes from outside.
 */
export function unfoldText(value: string): string {
  return value
    .replace(/=\?(utf-8|iso-8859-1|us-ascii)\?([qb])\?([^?\s]*)\?=(?:\s+(?==\?))?/gi, (_, charset, encoding, text) =>
      decodeWord(charset.toLowerCase() === 'utf-8' ? 'utf8' : 'latin1', encoding.toLowerCase(), text),
    )
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, quoted: string) => quoted.replace(/\\(.)/g, '$1'));
}

function decodeWord(charset: 'utf8' | 'latin1', encoding: string, text: string): string {
  if (encoding === 'b') return Buffer.from(text, 'base64').toString(charset);
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString(charset);
}

/** The lines of a text without their ends; a byte order mark in front is no part of the first. */
export function* lines(text: string): Iterable<string> {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    yield text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    start = end + 1;
  }
}
