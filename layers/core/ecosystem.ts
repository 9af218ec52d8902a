/**
 * The kinds of packages that Plimsoll finds. `os` separates packages of the distribution from those of languages;
 * `scheme` names the version order (layers/versions); `purl` is the package URL type; `anchore` the word of the v1 API;
 * `namespace` is the advisory namespace of a language ecosystem, null where the distribution decides. Advisories speak of
 * java packages as `group:artifact`. `declared` is true where what is installed leaves no trace that could be read, so that
 * a lock file is the best there is to judge by.
 */
export const ecosystems = {
  deb: { os: true, scheme: 'deb', purl: 'deb', anchore: 'dpkg', namespace: null, declared: false },
  rpm: { os: true, scheme: 'rpm', purl: 'rpm', anchore: 'rpm', namespace: null, declared: false },
  apk: { os: true, scheme: 'apk', purl: 'apk', anchore: 'APKG', namespace: null, declared: false },
  pacman: { os: true, scheme: 'pacman', purl: 'alpm', anchore: 'pacman', namespace: null, declared: false },
  npm: { os: false, scheme: 'semver', purl: 'npm', anchore: 'npm', namespace: 'npm', declared: false },
  python: { os: false, scheme: 'pep440', purl: 'pypi', anchore: 'python', namespace: 'pypi', declared: false },
  golang: { os: false, scheme: 'golang', purl: 'golang', anchore: 'go', namespace: 'go', declared: false },
  gem: { os: false, scheme: 'gem', purl: 'gem', anchore: 'gem', namespace: 'gem', declared: false },
  java: { os: false, scheme: 'maven', purl: 'maven', anchore: 'java', namespace: 'maven', declared: false },
  nuget: { os: false, scheme: 'nuget', purl: 'nuget', anchore: 'nuget', namespace: 'nuget', declared: false },
  composer: {
    os: false,
    scheme: 'composer',
    purl: 'composer',
    anchore: 'composer',
    namespace: 'composer',
    declared: false,
  },
  cargo: { os: false, scheme: 'cargo', purl: 'cargo', anchore: 'cargo', namespace: 'cargo', declared: true },
  hex: { os: false, scheme: 'hex', purl: 'hex', anchore: 'hex', namespace: 'hex', declared: true },
  pub: { os: false, scheme: 'pub', purl: 'pub', anchore: 'pub', namespace: 'pub', declared: true },
  cran: { os: false, scheme: 'cran', purl: 'cran', anchore: 'cran', namespace: 'cran', declared: false },
  hackage: { os: false, scheme: 'hackage', purl: 'hackage', anchore: 'hackage', namespace: 'hackage', declared: true },
  swift: { os: false, scheme: 'semver', purl: 'swift', anchore: 'swift', namespace: 'swift', declared: true },
  cocoapods: {
    os: false,
    scheme: 'semver',
    purl: 'cocoapods',
    anchore: 'cocoapods',
    namespace: 'cocoapods',
    declared: true,
  },
  julia: { os: false, scheme: 'julia', purl: 'julia', anchore: 'julia', namespace: 'julia', declared: true },
  bitnami: { os: false, scheme: 'bitnami', purl: 'bitnami', anchore: 'bitnami', namespace: 'bitnami', declared: false },
  conan: { os: false, scheme: 'generic', purl: 'conan', anchore: 'conan', namespace: 'conan', declared: true },
  opkg: { os: true, scheme: 'deb', purl: 'opkg', anchore: 'opkg', namespace: null, declared: false },
  portage: { os: true, scheme: 'portage', purl: 'ebuild', anchore: 'portage', namespace: null, declared: false },
  conda: { os: false, scheme: 'generic', purl: 'conda', anchore: 'conda', namespace: null, declared: false },
  wordpress: {
    os: false,
    scheme: 'generic',
    purl: 'wordpress',
    anchore: 'wordpress',
    namespace: null,
    declared: false,
  },
  luarocks: { os: false, scheme: 'generic', purl: 'luarocks', anchore: 'luarocks', namespace: null, declared: false },
  pear: { os: false, scheme: 'composer', purl: 'pear', anchore: 'pear', namespace: null, declared: false },
  binary: { os: false, scheme: 'generic', purl: 'generic', anchore: 'binary', namespace: null, declared: false },
} as const satisfies Record<
  string,
  { os: boolean; scheme: string; purl: string; anchore: string; namespace: string | null; declared: boolean }
>;

export type PackageType = keyof typeof ecosystems;

export const packageTypes = Object.keys(ecosystems) as readonly PackageType[];

/** True when the text names a package type. */
export function isPackageType(text: string): text is PackageType {
  return Object.hasOwn(ecosystems, text);
}
