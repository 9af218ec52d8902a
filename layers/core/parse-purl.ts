import type { Purl } from './purl.ts';

/** Longest text that is looked at; purls with the address of a download have some hundred characters. */
const maxLength = 4096;

/** Anything else is no qualifier, and would not be one when it is written again. */
const qualifierKey = /^[a-z][a-z0-9._-]*$/;

/**
 * The parts of a package URL (https://github.com/package-url/purl-spec), unescaped, the subpath left out; null for what is none. An
 * at sign in front of a scope may be written as it is (`pkg:npm/@scope/name@1`), as many tools do.
 */
export function parsePurl(text: string): Purl | null {
  const match = /^pkg:\/*([a-z][a-z0-9.+-]*)\/([^?#]+)(?:\?([^#]*))?/i.exec(text.slice(0, maxLength));
  if (match === null || text.length > maxLength) return null;
  const [, type = '', rest = '', query = ''] = match;
  const at = rest.lastIndexOf('@');
  const hasVersion = at > rest.lastIndexOf('/') + 1;
  const segments = (hasVersion ? rest.slice(0, at) : rest).split('/').filter(Boolean);
  if (segments.at(-1)?.startsWith('@')) return null;
  try {
    const [name, ...namespace] = segments.map(decodeURIComponent).reverse();
    if (name === undefined || name === '') return null;
    const qualifiers = query.split('&').flatMap((pair) => {
      const equals = pair.indexOf('=');
      const key = pair.slice(0, Math.max(0, equals)).toLowerCase();
      return qualifierKey.test(key) ? [[key, decodeURIComponent(pair.slice(equals + 1))]] : [];
    });
    return {
      type: type.toLowerCase(),
      namespace: namespace.reverse().join('/'),
      name,
      ...(hasVersion ? { version: decodeURIComponent(rest.slice(at + 1)) } : {}),
      qualifiers: Object.fromEntries(qualifiers),
    };
  } catch {
    // A percent sign that begins no escape.
    return null;
  }
}
