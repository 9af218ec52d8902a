import { type PackageType, ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';

/** Makes the items of one package: one for each place it lies in, none when it is of another type. */
type Items = (found: Package) => readonly object[];

/** The content types of the v1 API in its order; null where nothing records them yet. */
export const contentTypes = {
  os: (found) => (ecosystems[found.type].os ? [osItem(found)] : []),
  files: null,
  npm: packagesOf('npm', (_, path) => path),
  gem: null,
  python: packagesOf('python', pythonLocation),
  java: null,
  binary: null,
  go: packagesOf('golang', (_, path) => path),
  malware: null,
} as const satisfies Record<string, Items | null>;

export type ContentType = keyof typeof contentTypes;

/** Metadata documents that stand under content too. */
export const documentTypes = ['manifest', 'docker_history', 'dockerfile'] as const;

export type DocumentType = (typeof documentTypes)[number];

function osItem(found: Package) {
  return {
    package: found.name,
    version: found.version,
    ...licensesOf(found),
    origin: found.vendor ?? 'Unknown',
    size: found.size === null ? 'Unknown' : String(found.size),
    type: ecosystems[found.type].anchore,
    cpes: [],
    sourcepkg: found.origin?.name ?? found.name,
  };
}

function packagesOf(type: PackageType, location: (found: Package, path: string) => string): Items {
  return (found) =>
    found.type !== type
      ? []
      : found.paths.map((path) => ({
          package: found.name,
          type: ecosystems[type].anchore.toUpperCase(),
          location: location(found, path),
          version: found.version,
          origin: found.vendor ?? 'Unknown',
          ...licensesOf(found),
          cpes: [],
        }));
}

/** Both forms, as clients read one or the other; unset texts are `Unknown`. */
function licensesOf({ licenses }: Package) {
  return licenses.length === 0
    ? { license: 'Unknown', licenses: ['Unknown'] }
    : { license: licenses.join(' '), licenses };
}

const metadataPart = /\/[^/]+\.(dist-info\/METADATA|egg-info(\/PKG-INFO)?|egg\/EGG-INFO\/PKG-INFO)$/;

/**
 * Where a Python package itself lies: below the folder it is installed in, by its own name if it is imported by that, else
 * by the first name that it is imported by.
 */
function pythonLocation(found: Package, path: string): string {
  const folder = path.replace(metadataPart, '');
  if (folder === path) return path;
  const names = new Set<string>();
  for (const file of found.files) {
    if (!file.startsWith(`${folder}/`)) continue;
    const [first = '', ...below] = file.slice(folder.length + 1).split('/');
    if (below.length > 0 ? /^\w+$/.test(first) && first !== '__pycache__' : first.endsWith('.py'))
      names.add(first.replace(/\.py$/, ''));
  }
  const own = names.has(found.name) ? found.name : ([...names][0] ?? found.name);
  return `${folder}/${own}`;
}
