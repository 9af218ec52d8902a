import { ecosystems, type PackageType, packageTypes } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';

/** Makes the items of one package: one for each place it lies in, none when it is of another type. */
type Items = (found: Package) => readonly object[];

/** The content types of the v1 API that are packages, in its order. */
const contractTypes = {
  os: (found) => (ecosystems[found.type].os ? [osItem(found)] : []),
  npm: packagesOf('npm', (_, path) => path),
  gem: packagesOf('gem', (_, path) => path),
  python: packagesOf('python', pythonLocation),
  java: (found) => (found.type === 'java' ? found.paths.map((path) => javaItem(found, path)) : []),
  binary: packagesOf('binary', (_, path) => path),
  go: packagesOf('golang', (_, path) => path),
} as const satisfies Record<string, Items>;

/** Types of packages that the v1 API has no content type for: each is one, by the ecosystem's own name. */
const furtherTypes = packageTypes.filter(
  (type) => !ecosystems[type].os && !['npm', 'gem', 'python', 'java', 'binary', 'golang'].includes(type),
);

/** What people call the content of these by. */
const languages: Readonly<Record<string, PackageType>> = {
  dart: 'pub',
  dotnet: 'nuget',
  elixir: 'hex',
  haskell: 'hackage',
  php: 'composer',
  r: 'cran',
  rust: 'cargo',
};

/** Content that is no packages, answered by its route. */
const otherTypes = ['files', 'malware'] as const;

export type OtherType = (typeof otherTypes)[number];

/** Every content type: those of the v1 API in its order, then the others. */
export const contentTypes: readonly string[] = [
  ...['os', 'files', 'npm', 'gem', 'python', 'java', 'binary', 'go', 'malware'],
  ...furtherTypes,
];

/** How the packages of a content type are shown; null for what is no type of packages. */
export function packageItems(type: string): Items | null {
  if (Object.hasOwn(contractTypes, type)) return contractTypes[type as keyof typeof contractTypes];
  const named = Object.hasOwn(languages, type) ? languages[type]! : type;
  const further = furtherTypes.find((one) => one === named);
  return further === undefined ? null : packagesOf(further, (_, path) => path);
}

export function isOtherType(type: string): type is OtherType {
  return otherTypes.some((one) => one === type);
}

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
    cpes: found.cpes ?? [],
    sourcepkg: found.origin?.name ?? found.name,
    ...declaredBy(found),
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
          cpes: found.cpes ?? [],
          ...declaredBy(found),
        }));
}

/** An archive: `JAVA-JAR`, `JAVA-WAR` ... by the place it lies in, and the versions that it says itself. */
function javaItem(found: Package, path: string) {
  const metadata = found.metadata ?? {};
  const extension = metadata['extension'] ?? /\.(\w{2,4})$/.exec(path)?.[1] ?? 'jar';
  return {
    package: found.name.slice(found.name.lastIndexOf(':') + 1),
    type: `JAVA-${extension.toUpperCase()}`,
    location: path,
    version: found.version,
    'specification-version': metadata['specification-version'] ?? 'N/A',
    'implementation-version': metadata['implementation-version'] ?? 'N/A',
    'maven-version': metadata['maven-version'] ?? 'N/A',
    origin: metadata['origin'] ?? found.vendor ?? 'Unknown',
    ...licensesOf(found),
    cpes: found.cpes ?? [],
    metadata: { 'pom.properties': metadata['pom.properties'] ?? 'None' },
    ...declaredBy(found),
  };
}

/** What only a document names is marked: the original shows no such packages. */
function declaredBy({ declared }: Package) {
  return declared === undefined ? {} : { declared };
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
