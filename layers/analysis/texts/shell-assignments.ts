/**
 * The `NAME=value` lines of os-release and its kind, read as os-release(5) says: shell quoting and escapes but no
 * expansion, comments and anything else skipped, the last assignment of a name counts.
 */
export function shellAssignments(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match !== null) values.set(match[1]!, unquote(match[2]!.trim()));
  }
  return values;
}

/** One shell word: `a"b c"'d'\ e`. It ends at the first blank outside quotes; an open quote runs to the end of the line. */
function unquote(text: string): string {
  let value = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (quote === '' && (c === '"' || c === "'")) quote = c;
    else if (c === quote) quote = '';
    else if (c === '\\' && quote !== "'" && at + 1 < text.length) {
      const next = text[++at]!;
      value += quote === '"' && !'"$`\\'.includes(next) ? `\\${next}` : next;
    } else if (quote === '' && (c === ' ' || c === '\t')) break;
    else value += c;
  }
  return value;
}
