/** The word that was most likely meant: at most two letters away, and fewer for short words. Null when none is near. */
export function nearest(text: string, words: readonly string[]): string | null {
  const most = text.length < 4 ? 1 : 2;
  const near = words
    .map((word) => ({ word, away: word.startsWith(text) && text.length > 1 ? 0.5 : distance(text.slice(0, 40), word) }))
    .filter(({ away }) => away <= most)
    .sort((a, b) => a.away - b.away);
  return near[0]?.word ?? null;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
