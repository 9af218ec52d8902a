import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';
import { isObject, type JsonObject, readJsonValue } from '../texts/json-file.ts';

/**
 * PHP packages as Composer installed them: `composer/installed.json` in the folder of vendors, in the form of Composer 1 (a
 * list) and 2 (an object with `packages`). What only composer.lock names is declared. The project itself stands in neither;
 * what a package replaces or provides is no package. Metadata: `commit` of a branch (`dev-main` alone says nothing), and `dev`
 * where composer.lock names it for development only.
 */
export const composer: Analyzer = {
  name: 'composer',
  reads: '`composer/installed.json`, `composer.lock`',
  version: 1,
  wants: (path) => path.endsWith('/composer/installed.json') || isLock(path),
  read: readPackages,
  assemble: assemblePackages,
};

/** Large projects have some 400 packages, half a megabyte of JSON. */
const maxBytes = 16 * 1024 * 1024;
const maxPackages = 20_000;
const maxIdentity = 256;
const maxRequires = 500;

/** What is kept of a package. */
interface ComposerPackage {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly string[];
  readonly author?: string;
  readonly requires?: readonly string[];
  readonly commit?: string;
  readonly dev?: true;
}

function isLock(path: string): boolean {
  return path.endsWith('composer.lock') && (path.length === 'composer.lock'.length || path.at(-14) === '/');
}

function* readPackages(file: WantedFile): Iterable<Fact> {
  const json = readJsonValue(file.content, maxBytes);
  const lists = isLock(file.path) ? lockLists(json) : installedLists(json);
  let count = 0;
  let unnamed = 0;
  for (const { packages, dev } of lists) {
    for (const item of packages) {
      if (++count > maxPackages) throw new Fault('input/too-large', `lists more than ${maxPackages} packages`);
      const data = isObject(item) ? packageOf(item, dev) : null;
      if (data === null) unnamed++;
      else yield { key: `${data.name} ${data.version}`, data };
    }
  }
  if (unnamed > 0) throw new Fault('input/invalid', `${unnamed} of its packages have no valid name and version`);
}

interface PackageList {
  readonly packages: readonly unknown[];
  readonly dev: boolean;
}

function installedLists(json: unknown): readonly PackageList[] {
  const packages = isObject(json) ? json['packages'] : json;
  return Array.isArray(packages) ? [{ packages, dev: false }] : [];
}

function lockLists(json: unknown): readonly PackageList[] {
  if (!isObject(json)) return [];
  const { packages, 'packages-dev': dev } = json;
  return [
    { packages: Array.isArray(packages) ? packages : [], dev: false },
    { packages: Array.isArray(dev) ? dev : [], dev: true },
  ];
}

function packageOf(item: JsonObject, dev: boolean): ComposerPackage | null {
  const { name, version, license, authors, require, source, dist } = item;
  if (typeof name !== 'string' || name.length > maxIdentity || !/^[\w.-]+\/[\w.-]+$/.test(name)) return null;
  if (typeof version !== 'string' || version.length > maxIdentity || !/^[^\s\p{Cc}]+$/u.test(version)) return null;
  const licenses = [license]
    .flat()
    .slice(0, 32)
    .map((text) => (typeof text === 'string' ? declaredLicense(text) : null))
    .filter((text) => text !== null);
  const first: unknown = Array.isArray(authors) ? authors.find(isObject) : null;
  const author = isObject(first) ? personText(first['name'], first['email']) : null;
  const requires = isObject(require) ? Object.keys(require).slice(0, maxRequires).filter(isPackage) : [];
  const commit = /^dev-|-dev$/.test(version) ? commitOf(source, dist) : null;
  return {
    name,
    version,
    ...(licenses.length > 0 ? { licenses: [...new Set(licenses)] } : {}),
    ...(author === null ? {} : { author }),
    ...(requires.length > 0 ? { requires } : {}),
    ...(commit === null ? {} : { commit }),
    ...(dev ? { dev } : {}),
  };
}

/** Platform packages (`php`, `ext-json`, `lib-curl`, `composer-runtime-api`) have no vendor. */
const isPackage = (name: string) => name.length <= maxIdentity && name.includes('/');

function commitOf(...origins: readonly unknown[]): string | null {
  for (const origin of origins) {
    const reference = isObject(origin) ? origin['reference'] : null;
    if (typeof reference === 'string' && /^[0-9a-f]{7,64}$/i.test(reference)) return reference;
  }
  return null;
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as ComposerPackage);
  }
}

function foundPackage(path: string, key: string, found: ComposerPackage): FoundPackage {
  const { name, version, licenses = [], author, requires, commit, dev } = found;
  const [vendor = '', project = ''] = name.toLowerCase().split('/');
  return {
    type: 'composer',
    name,
    version,
    arch: null,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'composer', namespace: vendor, name: project, version }),
    licenses: licenses.flatMap(licenseNames),
    vendor: author ?? null,
    size: null,
    files: [],
    ...(isLock(path) ? { declared: 'lock' } : {}),
    ...(commit === undefined && dev === undefined
      ? {}
      : { metadata: { ...(commit === undefined ? {} : { commit }), ...(dev === undefined ? {} : { dev: 'true' }) } }),
    ...(requires === undefined ? {} : { requires }),
    evidence: { path, key },
  };
}
