import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { identityText } from '../texts/identity-text.ts';
import { type JsonObject, readJsonFile } from '../texts/json-file.ts';

/**
 * Packages that conda, mamba or pixi installed into an environment: `conda-meta/NAME-VERSION-BUILD.json` (conda's prefix
 * records). A Python package among them is found as such too, by its own metadata. The architecture is conda's subdir.
 * Metadata: `build` and `channel`.
 */
export const conda: Analyzer = {
  name: 'conda',
  reads: '`conda-meta/*.json`',
  version: 1,
  wants: (path) => path.endsWith('.json') && /(^|\/)conda-meta\/[^/]+$/.test(path),
  read: readRecord,
  assemble: assemblePackages,
};

/** Records list each file with its digests: those of the largest packages have some 20 MB. */
const maxBytes = 32 * 1024 * 1024;
const maxFiles = 250_000;
const maxPath = 4096;
const maxRequires = 500;

interface CondaPackage {
  readonly name: string;
  readonly version: string;
  readonly build: string | null;
  readonly channel: string | null;
  readonly subdir: string | null;
  readonly license: string | null;
  readonly requires: readonly string[];
  readonly files: readonly string[];
}

function* readRecord(file: WantedFile): Iterable<Fact> {
  const record = readJsonFile(file.content, maxBytes);
  const name = identityText(record['name']);
  const version = identityText(record['version']);
  if (name === null || version === null)
    throw new Fault('input/invalid', 'is no record of a package: no name or version');
  const { license, depends, files } = record;
  const data: CondaPackage = {
    name,
    version,
    build: identityText(record['build']),
    channel: channelOf(record),
    subdir: identityText(record['subdir']),
    license: typeof license === 'string' ? declaredLicense(license) : null,
    requires: namesIn(texts(depends).slice(0, maxRequires)),
    files: texts(files)
      .filter((path) => path.length <= maxPath)
      .slice(0, maxFiles),
  };
  yield { key: `${name} ${version}`, data };
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** Names of match specifications (`python >=3.9,<4`, `conda-forge::openssl`); those with two underscores are the machine's. */
function namesIn(specifications: readonly string[]): readonly string[] {
  const names = specifications.map((text) => /^(?:[^\s:]+::)?([\w.-]+)/.exec(text.slice(0, 256))?.[1]);
  return [...new Set(names.filter((name) => name !== undefined && !name.startsWith('__')))] as string[];
}

/**
 * The channel by its short name: `https://conda.anaconda.org/conda-forge/linux-64` is `conda-forge`,
 * `https://repo.anaconda.com/pkgs/main` is `main`. The token in an address (`/t/TOKEN/`) is nobody's business.
 */
function channelOf({ channel, url }: JsonObject): string | null {
  const stated = [channel, url].find((text) => typeof text === 'string' && /^[\w./:@+-]{1,1024}$/.test(text));
  if (typeof stated !== 'string') return null;
  const address = /^[a-z+]+:\/\/[^/]*\/?(.*)$/i.exec(stated);
  const path = (address === null ? stated : address[1]!).split('/').filter((part) => part !== '');
  if (/\.(conda|tar\.bz2)$/.test(path.at(-1) ?? '')) path.pop();
  if (/^(noarch|(linux|osx|win|emscripten|wasi|zos|freebsd)-\w+)$/.test(path.at(-1) ?? '')) path.pop();
  if (path[0] === 't') path.splice(0, 2);
  if (path[0] === 'pkgs') path.shift();
  const name = /^file:/i.test(stated) || stated.startsWith('/') ? (path.at(-1) ?? '') : path.join('/');
  return name === '' ? null : name.slice(0, 256);
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as CondaPackage);
  }
}

function foundPackage(path: string, key: string, found: CondaPackage): FoundPackage {
  const { name, version, build, channel, subdir, license, requires, files } = found;
  const prefix = `/${path.slice(0, path.lastIndexOf('conda-meta/'))}`;
  return {
    type: 'conda',
    name,
    version,
    arch: subdir,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'conda', name, version, qualifiers: { build, channel, subdir } }),
    licenses: license === null ? [] : licenseNames(license),
    vendor: null,
    size: null,
    files: files.map((file) => prefix + file).sort(),
    metadata: { ...(build === null ? {} : { build }), ...(channel === null ? {} : { channel }) },
    ...(requires.length > 0 ? { requires } : {}),
    evidence: { path, key },
  };
}
