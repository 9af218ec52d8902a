/**
 * What is told of an installed package beside, without what is not known; undefined where nothing is. `installed` is the time of
 * installation (seconds since the epoch) as ISO 8601; `signed` says whether the database keeps a signature of the package; `origin` names
 * the distribution or vendor that the package says it is of.
 */
export function osMetadata(known: {
  readonly installed?: number | null;
  readonly signed?: boolean | null;
  readonly [name: string]: string | number | boolean | null | undefined;
}): { readonly metadata: Readonly<Record<string, string>> } | Record<string, never> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(known)) {
    const text = name === 'installed' ? timeText(value) : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
    if (text !== null && text !== undefined && text !== '') metadata[name] = String(text);
  }
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

/** The last second that is a time of a package: the end of the year 9999. */
const lastSecond = 253_402_300_799;

function timeText(seconds: unknown): string | null {
  const known = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= lastSecond;
  return known ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : null;
}
