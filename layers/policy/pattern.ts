import { compileRegex } from '#core/regex/regex.ts';

/** A pattern of a mapping or allowlist item. */
export interface Pattern {
  /** The one text that matches, where the pattern has no wildcard; null otherwise. */
  readonly exact: string | null;
  /** May throw `input/too-large` for `regexp:` patterns. */
  matches(text: string): boolean;
}

const regexPrefix = 'regexp:';

/**
 * The pattern language of bundles: `*` stands for any characters, everything else for itself, from the first character to
 * the last and in this case; after `regexp:` a regular expression follows that must match from the start only.
 */
export function compilePattern(
  text: string,
): { readonly kind: 'pattern'; readonly pattern: Pattern } | { readonly kind: 'invalid'; readonly reason: string } {
  if (text.startsWith(regexPrefix)) {
    const compiled = compileRegex(text.slice(regexPrefix.length));
    if (compiled.kind === 'invalid') return compiled;
    return { kind: 'pattern', pattern: { exact: null, matches: (value) => compiled.regex.matches(value) } };
  }
  const pieces = text.split('*');
  const pattern: Pattern =
    pieces.length === 1
      ? { exact: text, matches: (value) => value === text }
      : { exact: null, matches: (value) => matchesPieces(pieces, value) };
  return { kind: 'pattern', pattern };
}

/** First and last piece are anchored, those between are taken as early as they come: that never misses and never goes back. */
function matchesPieces(pieces: readonly string[], value: string): boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
