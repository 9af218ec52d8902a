/** The parts of a package URL (https://github.com/package-url/purl-spec); name and namespace unescaped. */
export interface Purl {
  readonly type: string;
  /** Segments separated by `/`; empty for none. */
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string | null | undefined>>;
}

/** The canonical text of a package URL: qualifiers sorted, empty ones left out. */
export function formatPurl(purl: Purl): string {
  const namespace = (purl.namespace ?? '').split('/').filter(Boolean).map(encode).join('/');
  const version = purl.version ? `@${encode(purl.version)}` : '';
  const qualifiers = Object.entries(purl.qualifiers ?? {})
    .filter((pair): pair is [string, string] => Boolean(pair[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`)
    .join('&');
  return `pkg:${purl.type}/${namespace ? `${namespace}/` : ''}${encode(purl.name)}${version}${qualifiers ? `?${qualifiers}` : ''}`;
}

/** Percent-encoding of the purl spec: as encodeURIComponent, but the colon stays, and half a character is no error. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
