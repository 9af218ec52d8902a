import { type PackageType, ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';

/** The content types of the v1 API in its order; null where nothing records them yet. */
export const contentTypes = {
  os: (found: Package) => (ecosystems[found.type].os ? osItem(found) : null),
  files: null,
  npm: packagesOf('npm'),
  gem: null,
  python: packagesOf('python'),
  java: null,
  binary: null,
  go: packagesOf('golang'),
  malware: null,
} as const satisfies Record<string, ((found: Package) => object | null) | null>;

export type ContentType = keyof typeof contentTypes;

/** Metadata documents that stand under content too. */
export const documentTypes = ['manifest', 'docker_history', 'dockerfile'] as const;

function osItem(found: Package) {
  return {
    package: found.name,
    version: found.version,
    license: found.licenses.join(' '),
    licenses: found.licenses,
    origin: found.vendor ?? 'Unknown',
    size: found.size === null ? 'Unknown' : String(found.size),
    type: ecosystems[found.type].anchore,
    cpes: [],
    sourcepkg: found.origin?.name ?? found.name,
  };
}

/** One item a copy, as the original had it: each place a package lies in is a row. */
function packagesOf(type: PackageType) {
  return (found: Package) =>
    found.type !== type
      ? null
      : {
          package: found.name,
          type: ecosystems[type].anchore.toUpperCase(),
          location: found.paths[0] ?? 'Unknown',
          version: found.version,
          origin: found.vendor ?? 'Unknown',
          license: found.licenses.join(' ') || 'Unknown',
          licenses: found.licenses,
          cpes: [],
        };
}
