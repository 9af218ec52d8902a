/**
 * JSON out of what `bun.lock` is written in (JSON with comments and trailing commas, as in tsconfig.json): comments and a comma
 * before a closing bracket are left out, strings stay as they are. One pass, whatever the text.
 */
export function plainJson(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const c = text[at];
    const end = c === '"' ? stringEnd(text, at) : c === '/' ? commentEnd(text, at) : at + 1;
    const comment = c === '/' && end > at + 1;
    if (comment || (c === ',' && closes(text, end))) {
      kept.push(text.slice(from, at));
      from = end;
    }
    at = end;
  }
  return kept.join('') + text.slice(from);
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** A slash that begins no comment is itself. */
function commentEnd(text: string, start: number): number {
  const kind = text[start + 1];
  if (kind !== '/' && kind !== '*') return start + 1;
  const end = kind === '/' ? text.indexOf('\n', start) : text.indexOf('*/', start + 2);
  return end < 0 ? text.length : kind === '/' ? end : end + 2;
}

/** Whether nothing but blanks and comments stands before a closing bracket. */
function closes(text: string, from: number): boolean {
  for (let at = from; at < text.length; ) {
    const c = text[at]!;
    const end = c === '/' ? commentEnd(text, at) : at + 1;
    if (!blanks.has(c) && end === at + 1) return c === ']' || c === '}';
    at = end;
  }
  return false;
}

const blanks = new Set([' ', '\t', '\n', '\r']);
