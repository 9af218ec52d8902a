import type { FoundPackage } from './analyzer.ts';

/** An entry of an index of PostgreSQL ends at 2,704 bytes: what is longer could not be stored, and nothing of its image with it. */
const mostNameBytes = 1024;
const mostPurl = 2500;

/**
 * Why something that an analyzer took for a package cannot be one, in words that follow "has"; null when it can. Texts that
 * are no names would end in the database, the purl in a document that others read.
 */
export function packageProblem({ name, version, arch, source, origin, purl }: FoundPackage): string | null {
  const texts = [name, version, arch, source, origin?.name, origin?.version].filter((text) => typeof text === 'string');
  if (!texts.every((text) => text.isWellFormed() && !/\p{Cc}/u.test(text))) {
    return 'characters in its name or version that none has';
  }
  if (Buffer.byteLength(name) > mostNameBytes || Buffer.byteLength(origin?.name ?? '') > mostNameBytes) {
    return `a name of over ${mostNameBytes} bytes`;
  }
  return purl.length > mostPurl ? `a package URL of over ${mostPurl} characters` : null;
}
