/**
 * The ports that an EXPOSE names: `80 443/tcp`, and as BuildKit and the classic builder write them into the history,
 * `map[80/tcp:{} 443/tcp:{}]` and `[80/tcp]`.
 */
export function exposedTokens(text: string): readonly string[] {
  return text
    .trim()
    .replace(/^(map)?\[([\s\S]*)\]$/, '$2')
    .split(/\s+/)
    .map((token) => token.replace(/:\{\}$/, ''))
    .filter(Boolean);
}

/** One form for each way to write a port: lower case, with protocol. */
export function exposedToken(token: string): string {
  const lower = token.toLowerCase();
  return lower.includes('/') ? lower : `${lower}/tcp`;
}

/** First and last port of `80`, `80/udp`, `8000-8010/tcp`; null for anything else, such as `$PORT`. */
export function portRange(token: string): { readonly first: number; readonly last: number } | null {
  const form = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/[a-zA-Z]+)?$/.exec(token);
  if (form === null) return null;
  const first = Number(form[1]);
  return { first, last: form[2] === undefined ? first : Number(form[2]) };
}
