import type { PackageType } from './ecosystem.ts';

/**
 * The name by which a package is found in advisories. Upstreams and images may write the name of one package in several
 * ways, so both sides of a match take it from here. Where nothing is said of a type its names are compared as they are:
 * npm has old names in upper case beside others in lower case, Maven, RubyGems, CRAN and Hackage know case, names of Hex,
 * Pub, Conan and Bitnami are lower case everywhere, and distributions write theirs in one way.
 */
export function advisoryName(type: PackageType, name: string): string {
  return spellings[type]?.(name) ?? name;
}

const spellings: Readonly<Partial<Record<PackageType, (name: string) => string>>> = {
  // PEP 503, "Normalized Names".
  python: (name) => name.toLowerCase().replace(/[-_.]+/g, '-'),
  // "Package IDs are case insensitive" (NuGet, nuspec reference).
  nuget: (name) => name.toLowerCase(),
  // Packagist takes lower case only; a package outside of it may still be written otherwise (Composer, schema of `name`).
  composer: (name) => name.toLowerCase(),
  // crates.io refuses a name that differs from another one only in case or in `-` and `_`.
  cargo: (name) => name.toLowerCase().replaceAll('_', '-'),
  // `!a` stands for `A` where file systems or proxies do not tell cases apart (https://go.dev/ref/mod#module-proxy).
  golang: (name) => name.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  swift: packageLocation,
};

/**
 * A Swift package is its repository. Like Swift's package manager, which tells packages apart by a canonical location:
 * without scheme, user, port and `.git`, in lower case; `git@host:owner/name` is `host/owner/name`.
 */
function packageLocation(url: string): string {
  const withoutScheme = url.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const [, host = '', rest = ''] = /^(?:[^/@]*@)?([^/:]*)(.*)$/s.exec(withoutScheme) ?? [];
  const path = rest.replace(/^:\d+(?=\/|$)/, '').replace(/^:/, '/');
  return `${host}${path}`
    .replace(/\/{1,20}$/, '')
    .replace(/\.git$/i, '')
    .toLowerCase();
}
