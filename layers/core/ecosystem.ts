/**
 * The kinds of packages that Plimsoll finds. `os` separates packages of the distribution from those of languages;
 * `scheme` names the version order (layers/versions); `purl` is the package URL type; `anchore` the word of the v1 API;
 * `namespace` is the advisory namespace of a language ecosystem, null where the distribution decides. Advisories speak of
 * java packages as `group:artifact`.
 */
export const ecosystems = {
  deb: { os: true, scheme: 'deb', purl: 'deb', anchore: 'dpkg', namespace: null },
  rpm: { os: true, scheme: 'rpm', purl: 'rpm', anchore: 'rpm', namespace: null },
  apk: { os: true, scheme: 'apk', purl: 'apk', anchore: 'APKG', namespace: null },
  pacman: { os: true, scheme: 'pacman', purl: 'alpm', anchore: 'pacman', namespace: null },
  npm: { os: false, scheme: 'semver', purl: 'npm', anchore: 'npm', namespace: 'npm' },
  python: { os: false, scheme: 'pep440', purl: 'pypi', anchore: 'python', namespace: 'pypi' },
  golang: { os: false, scheme: 'golang', purl: 'golang', anchore: 'go', namespace: 'go' },
  gem: { os: false, scheme: 'gem', purl: 'gem', anchore: 'gem', namespace: 'gem' },
  java: { os: false, scheme: 'maven', purl: 'maven', anchore: 'java', namespace: 'maven' },
  nuget: { os: false, scheme: 'nuget', purl: 'nuget', anchore: 'nuget', namespace: 'nuget' },
  composer: { os: false, scheme: 'composer', purl: 'composer', anchore: 'composer', namespace: 'composer' },
  cargo: { os: false, scheme: 'cargo', purl: 'cargo', anchore: 'cargo', namespace: 'cargo' },
  hex: { os: false, scheme: 'hex', purl: 'hex', anchore: 'hex', namespace: 'hex' },
  pub: { os: false, scheme: 'pub', purl: 'pub', anchore: 'pub', namespace: 'pub' },
  cran: { os: false, scheme: 'cran', purl: 'cran', anchore: 'cran', namespace: 'cran' },
  hackage: { os: false, scheme: 'hackage', purl: 'hackage', anchore: 'hackage', namespace: 'hackage' },
  swift: { os: false, scheme: 'semver', purl: 'swift', anchore: 'swift', namespace: 'swift' },
  cocoapods: { os: false, scheme: 'semver', purl: 'cocoapods', anchore: 'cocoapods', namespace: 'cocoapods' },
  julia: { os: false, scheme: 'julia', purl: 'julia', anchore: 'julia', namespace: 'julia' },
  bitnami: { os: false, scheme: 'bitnami', purl: 'bitnami', anchore: 'bitnami', namespace: 'bitnami' },
  conan: { os: false, scheme: 'generic', purl: 'conan', anchore: 'conan', namespace: 'conan' },
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
