/** What one ecosystem of OSV is called here and there. */
export interface OsvEcosystem {
  /** As OSV writes it, and so its folder in the bucket: `Rocky Linux`. */
  readonly name: string;
  /** The advisory namespace of a release (what stands after the colon, null when nothing does); null when there is none. */
  namespace(release: string | null): string | null;
  /**
   * The records are errata of a distribution of binary rpms: only the ids that match are security, the word before the
   * colon of the summary is the severity, ids beside the record's own are CVEs that it mends and no aliases, and modules
   * have streams.
   */
  readonly errata?: RegExp;
  readonly databases?: OsvDatabases;
}

/** Databases that describe the same vulnerabilities of an ecosystem's packages, each in ranges of its own. */
export interface OsvDatabases {
  /** How the ids of each begin. */
  readonly prefixes: readonly string[];
  /** The one whose ranges count for a package where several speak of it. */
  decides(name: string): string;
}

/** What stands after the colon is a repository of packages (`Packagist:https://packages.drupal.org/8`), which no image tells. */
const language = (name: string, namespace: string, databases?: OsvDatabases): OsvEcosystem => ({
  name,
  namespace: () => namespace,
  ...(databases === undefined ? {} : { databases }),
});

const distribution = (name: string, id: string, errata: RegExp): OsvEcosystem => ({
  name,
  errata,
  namespace(version) {
    const major = /^\d+/.exec(version ?? '')?.[0];
    return major === undefined ? null : `${id}:${major}`;
  },
});

/**
 * The ecosystems by group. Those whose packages no image has, or that have a feed of their own here, are left out.
 *
 * Of the databases of an ecosystem one decides. GitHub's reviewed advisories are kept up by people when fixes appear; entries of
 * PyPA and unreviewed ones of Go are made from CVEs and often stay open at the end. What Go's own team maintains is decided by
 * Go's database, crates by RustSec, from which GitHub takes them over.
 */
export const osvEcosystems: Readonly<Record<string, OsvEcosystem>> = {
  'osv:npm': language('npm', 'npm'),
  'osv:PyPI': language('PyPI', 'pypi', { prefixes: ['GHSA-', 'PYSEC-'], decides: () => 'GHSA-' }),
  'osv:Go': language('Go', 'go', {
    prefixes: ['GHSA-', 'GO-'],
    decides: (module) => (/^(?:stdlib|toolchain|golang\.org\/x\/.*)$/s.test(module) ? 'GO-' : 'GHSA-'),
  }),
  'osv:Maven': language('Maven', 'maven'),
  'osv:RubyGems': language('RubyGems', 'gem'),
  'osv:NuGet': language('NuGet', 'nuget'),
  'osv:Packagist': language('Packagist', 'composer'),
  'osv:crates.io': language('crates.io', 'cargo', { prefixes: ['GHSA-', 'RUSTSEC-'], decides: () => 'RUSTSEC-' }),
  'osv:Hex': language('Hex', 'hex'),
  'osv:Pub': language('Pub', 'pub'),
  'osv:CRAN': language('CRAN', 'cran'),
  'osv:Hackage': language('Hackage', 'hackage'),
  'osv:SwiftURL': language('SwiftURL', 'swift'),
  'osv:ConanCenter': language('ConanCenter', 'conan'),
  'osv:Julia': language('Julia', 'julia'),
  'osv:Bitnami': language('Bitnami', 'bitnami'),
  'osv:AlmaLinux': distribution('AlmaLinux', 'almalinux', /^ALSA-/),
  'osv:Rocky Linux': distribution('Rocky Linux', 'rocky', /^R[LX]SA-/),
};

/** The group that holds a namespace, by the namespace itself or by what stands before its release. */
export const osvGroups: ReadonlyMap<string, string> = new Map(
  Object.entries(osvEcosystems).map(([group, ecosystem]) => {
    const namespace = ecosystem.namespace('1') ?? '';
    return [ecosystem.errata === undefined ? namespace : namespace.slice(0, namespace.indexOf(':') + 1), group];
  }),
);
