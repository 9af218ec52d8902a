/**
 * The kinds of packages that Plimsoll finds. `os` separates packages of the distribution from those of languages;
 * `scheme` names the version order (layers/versions); `purl` is the package URL type; `anchore` the word of the v1 API;
 * `namespace` is the advisory namespace of a language ecosystem, null where the distribution decides.
 */
export const ecosystems = {
  deb: { os: true, scheme: 'deb', purl: 'deb', anchore: 'dpkg', namespace: null },
  rpm: { os: true, scheme: 'rpm', purl: 'rpm', anchore: 'rpm', namespace: null },
  apk: { os: true, scheme: 'apk', purl: 'apk', anchore: 'APKG', namespace: null },
  npm: { os: false, scheme: 'semver', purl: 'npm', anchore: 'npm', namespace: 'npm' },
  python: { os: false, scheme: 'pep440', purl: 'pypi', anchore: 'python', namespace: 'pypi' },
  golang: { os: false, scheme: 'golang', purl: 'golang', anchore: 'go', namespace: 'go' },
} as const satisfies Record<
  string,
  { os: boolean; scheme: string; purl: string; anchore: string; namespace: string | null }
>;

export type PackageType = keyof typeof ecosystems;

export const packageTypes = Object.keys(ecosystems) as readonly PackageType[];

/** True when the text names a package type. */
export function isPackageType(text: string): text is PackageType {
  return Object.hasOwn(ecosystems, text);
}
