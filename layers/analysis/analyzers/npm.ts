import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, RandomAccess, WantedFile } from '../analyzer.ts';
import { personText } from '../texts/declared-person.ts';
import { isObject, type JsonObject, readJsonFile } from '../texts/json-file.ts';
import { npmName, npmPurl, npmVersion } from '../npm/npm-identity.ts';
import { isYarnCache, readYarnCache } from '../npm/yarn-cache.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';

/**
 * Packages of npm and its kin (yarn, pnpm, bun, cnpm) as they are installed: the package.json right inside a module folder,
 * at any depth, on disk or in an archive out of which Yarn runs it. A package.json outside all module folders is a project of
 * its own (source `root`). The name is the file's: with an alias (`npm:other@1`) the folder is called differently. `metadata`
 * has `homepage`.
 */
export const npm: Analyzer = {
  name: 'npm',
  reads: '`package.json` in module folders, archives of Yarn',
  version: 2,
  wants: (path) => (path.endsWith('package.json') && placeOf(path) !== 'elsewhere') || isYarnCache(path),
  read: readFile,
  assemble: assemblePackages,
};

/** A package.json beyond this is not read. */
const maxBytes = 4 * 1024 * 1024;

/** What is kept of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly string[];
  readonly author?: string;
  readonly homepage?: string;
  readonly requires?: readonly string[];
  /** The place in the archive that is the file. */
  readonly inside?: string;
}

type Place = 'installed' | 'root' | 'elsewhere';

/** `node_modules`, and Fedora's `node_modules_20` beside it. */
const moduleFolder = /^node_modules(_\d+)?$/;

/** Where Debian's own packages keep modules (Debian Javascript policy). */
const debianFolder = /^usr\/(share|lib(\/[^/]+)?)\/nodejs\//;

/** Folders inside a package whose module folders are test material. */
const fixtureFolders = new Set(['test', 'tests', '__tests__', 'fixture', 'fixtures', '__fixtures__', 'testdata']);

/** What a package.json at this path stands for; `elsewhere` is one deeper inside a package, or in no package's folder. */
function placeOf(path: string): Place {
  const segments = path.split('/');
  if (segments.pop() !== 'package.json') return 'elsewhere';
  const last = segments.findLastIndex((segment) => moduleFolder.test(segment));
  if (last < 0) {
    const debian = debianFolder.exec(path)?.[0];
    if (debian === undefined) return 'root';
    return isPackageFolder(path.slice(debian.length).split('/').slice(0, -1)) ? 'installed' : 'elsewhere';
  }
  if (!isPackageFolder(segments.slice(last + 1))) return 'elsewhere';
  const outer = segments.slice(0, last).findLastIndex((segment) => moduleFolder.test(segment));
  const owner = segments[outer + 1]?.startsWith('@') ? 2 : 1;
  const between = outer < 0 ? [] : segments.slice(outer + 1 + owner, last);
  return between.some((segment) => fixtureFolders.has(segment)) ? 'elsewhere' : 'installed';
}

/**
 * True when these segments below a module folder are the folder of a package: `NAME`, `@scope/NAME`, or yarn's
 * `.store/NAME-npm-1.2.3-HASH/package`. Other names with a dot in front are half-done installations and bookkeeping.
 */
function isPackageFolder(below: readonly string[]): boolean {
  const [first = '.', second = '.'] = below;
  if (below.length === 1) return !first.startsWith('.') && !first.startsWith('@');
  if (below.length === 2) return first.startsWith('@') && !second.startsWith('.');
  return below.length === 3 && first === '.store' && below[2] === 'package';
}

function* readFile(file: WantedFile): Iterable<Fact> {
  if (!isYarnCache(file.path)) yield* readPackageJson(file.path, file.content);
  else yield* readYarnCache(file, (place) => placeOf(place) === 'installed', readInside);
}

function* readInside(inside: string, content: RandomAccess): Iterable<Fact> {
  for (const { key, data } of readPackageJson(inside, content)) yield { key, data: { ...(data as Manifest), inside } };
}

function* readPackageJson(path: string, content: RandomAccess): Iterable<Fact> {
  const json = readJsonFile(content, maxBytes);
  if ((json['name'] ?? '') === '' || (json['version'] ?? '') === '') return;
  const data = manifestOf(json);
  if (typeof data !== 'string') yield { key: `${data.name} ${data.version}`, data };
  // A template of a project (`{{name}}`) is nobody's package; in a module folder it should have been one.
  else if (placeOf(path) === 'installed') throw new Fault('input/invalid', data);
}

/** What counts of a package.json, or what is wrong with it. */
function manifestOf(json: JsonObject): Manifest | string {
  const name = npmName(json['name']);
  if (name === null) return 'its name is not a valid npm package name';
  const version = npmVersion(json['version']);
  if (version === null) return 'its version is not a version text';
  const licenses = licensesOf(json);
  const author = authorOf(json);
  const homepage = typeof json['homepage'] === 'string' ? json['homepage'].trim().slice(0, 512) : '';
  const requires = requirements(json);
  return {
    name,
    version,
    ...(licenses.length > 0 ? { licenses } : {}),
    ...(author !== null ? { author } : {}),
    ...(homepage !== '' ? { homepage } : {}),
    ...(requires.length > 0 ? { requires } : {}),
  };
}

/** `license` and the older `licenses`, each a text, an object with `type`, or an array of those. */
function licensesOf(json: JsonObject): readonly string[] {
  const declared = [json['license'], json['licenses']].flat().slice(0, 32);
  const texts = declared.map((item) => (isObject(item) ? (item['type'] ?? item['name']) : item));
  const licenses = texts.map((text) => (typeof text === 'string' ? declaredLicense(text) : null));
  return [...new Set(licenses.filter((license) => license !== null))];
}

/** What it needs to run, with what it can do without. */
function requirements({ dependencies, optionalDependencies }: JsonObject): readonly string[] {
  const names = [dependencies, optionalDependencies].flatMap((one) => (isObject(one) ? Object.keys(one) : []));
  return [...new Set(names.slice(0, 1000).filter((name) => npmName(name) === name))].sort();
}

/** The first of author, authors and maintainers that names somebody. */
function authorOf(json: JsonObject): string | null {
  for (const item of [json['author'], json['authors'], json['maintainers']].flat().slice(0, 32)) {
    const text = isObject(item) ? personText(item['name'], item['email']) : personText(item, null);
    if (text !== null) return text;
  }
  return null;
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as Manifest);
  }
}

function foundPackage(path: string, key: string, manifest: Manifest): FoundPackage {
  return {
    type: 'npm',
    name: manifest.name,
    version: manifest.version,
    arch: null,
    source: placeOf(path) === 'root' ? 'root' : null,
    origin: null,
    purl: npmPurl(manifest.name, manifest.version),
    licenses: (manifest.licenses ?? []).flatMap(licenseNames),
    vendor: manifest.author ?? null,
    size: null,
    files: [],
    ...(manifest.homepage === undefined ? {} : { metadata: { homepage: manifest.homepage } }),
    ...(manifest.requires === undefined ? {} : { requires: manifest.requires }),
    evidence: { path, key },
    ...(manifest.inside === undefined ? {} : { inside: manifest.inside }),
  };
}
