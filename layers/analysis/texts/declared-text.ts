/** Longest name or version that a package may have; real ones stay under 200 characters. */
const maxIdentity = 1024;
/** Longest other text that is kept of a package: an address, a licence, lists of dependencies. */
const maxText = 8192;

/** A text as a package database declares it, without blanks around it and cut at 8,192 characters; null when there is none. */
export function declaredText(value: string | null | undefined): string | null {
  return value?.slice(0, maxText).trim() || null;
}

/** What keeps these from being the name and the version of a package, in words that follow "has"; null when nothing does. */
export function identityProblem(name: string | null, version: string | null): string | null {
  if (name === null) return 'no name';
  if (version === null) return 'no version';
  if (name.length > maxIdentity || version.length > maxIdentity)
    return `a name or version of over ${maxIdentity} characters`;
  return null;
}
