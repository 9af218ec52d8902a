/** What Maven calls a package; group and version may be unknown. */
export interface Coordinates {
  readonly group: string | null;
  readonly artifact: string;
  readonly version: string | null;
}

const maxLength = 256;

/** A groupId or artifactId (Maven: letters, digits, `_`, `-`, `.`); null for anything else, such as `${project.groupId}`. */
export function coordinateId(text: string | null | undefined): string | null {
  const id = text?.trim() ?? '';
  return id.length <= maxLength && /^[A-Za-z0-9_.-]+$/.test(id) && /[A-Za-z0-9]/.test(id) ? id : null;
}

/**
 * A version as packages have it: the first word of a text that begins with a letter or digit and has a digit (`1.0-SNAPSHOT
 * (private-...)` is 1.0-SNAPSHOT), without what Maven refuses in versions; null for anything else, such as `${revision}`.
 */
export function coordinateVersion(text: string | null | undefined): string | null {
  const version = /^\s*([^\s\p{Cc}]*)/u.exec((text ?? '').slice(0, 2 * maxLength))?.[1] ?? '';
  if (version.length > maxLength || !/\d/.test(version)) return null;
  return /^[A-Za-z0-9][^\\/:"<>|?*[\](){},$@;']*$/.test(version) ? version : null;
}
