import { posix } from 'node:path';
import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { isObject, readJsonFile } from '../texts/json-file.ts';
import { type PythonMetadata, parsePythonMetadata } from '../python/python-metadata.ts';
import { pythonName } from '../python/python-name.ts';
import { type PythonRecord, parsePythonRecord } from '../python/python-record.ts';
import { requirementNames } from '../python/requirement.ts';
import { readZippedEgg } from '../python/zipped-egg.ts';
import { lines } from '../texts/rfc822.ts';
import { licenseNames } from '../licenses/spdx.ts';

/**
 * Python distributions as they are installed, wherever they lie: `NAME.dist-info` (PyPA: recording installed projects),
 * and the older `NAME.egg-info` folders and files and `.egg` folders and archives that distributions and setuptools leave behind.
 * Metadata: `installer` (INSTALLER: `pip`, `uv`, `conda`, `rpm`, ...), and of what came from no index `url`, `commit`, and
 * `editable` where it is the source tree that is used.
 */
export const python: Analyzer = {
  name: 'python',
  reads: '`*.dist-info`, `*.egg-info`, eggs',
  version: 2,
  wants: (path) =>
    (path.endsWith('.egg') || path.includes('-info') || path.includes('/EGG-INFO/')) && placeOf(path) !== null,
  read: readMetadataFile,
  assemble: assemblePackages,
};

/** Headers stand in front; a description behind them may be of any length. */
const metadataWindow = 1024 * 1024;
/** File lists beyond these are kept up to here; the largest distributions have some 60,000 files. */
const listWindow = 32 * 1024 * 1024;
const maxFiles = 250_000;

type Part = 'egg' | 'metadata' | 'record' | 'installed-files' | 'sources' | 'requires' | 'direct-url' | 'installer';

/** Where a file of a distribution belongs: `unit` is what all files of the distribution share, `base` the folder it is installed in. */
interface Place {
  readonly part: Part;
  readonly unit: string;
  readonly base: string;
}

const distInfoParts: Readonly<Record<string, Part>> = {
  METADATA: 'metadata',
  RECORD: 'record',
  'direct_url.json': 'direct-url',
  INSTALLER: 'installer',
};

const eggInfoParts: Readonly<Record<string, Part>> = {
  'PKG-INFO': 'metadata',
  'installed-files.txt': 'installed-files',
  'SOURCES.txt': 'sources',
  'requires.txt': 'requires',
};

/** What a path is to a Python distribution, null for nothing. `~ip-1.0.dist-info` is what pip left of a broken uninstallation. */
function placeOf(path: string): Place | null {
  if (path.endsWith('.egg')) return { part: 'egg', unit: path, base: folderOf(path) };
  if (path.endsWith('.egg-info')) return { part: 'metadata', unit: path, base: folderOf(path) };
  const unit = folderOf(path);
  const folder = unit.slice(unit.lastIndexOf('/') + 1);
  const file = path.slice(unit === '' ? 0 : unit.length + 1);
  const distInfo = folder.endsWith('.dist-info') && !folder.startsWith('~');
  const eggInfo = (folder.endsWith('.egg-info') && !folder.startsWith('~')) || unit.endsWith('.egg/EGG-INFO');
  const parts = distInfo ? distInfoParts : eggInfo ? eggInfoParts : {};
  return Object.hasOwn(parts, file) ? { part: parts[file]!, unit, base: folderOf(unit) } : null;
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** What direct_url.json says (PyPA: direct URL data structure): the package did not come from an index. */
interface DirectUrl {
  readonly url: string;
  readonly vcs?: string;
  readonly commit?: string;
  readonly editable?: boolean;
}

function* readMetadataFile(file: WantedFile): Iterable<Fact> {
  const part = placeOf(file.path)?.part;
  if (part === 'egg') {
    const egg = readZippedEgg(file.content);
    if (egg === null) return;
    const requires = eggRequires(egg.requires);
    const data = { ...parsePythonMetadata(egg.metadata), ...(requires.length > 0 ? { requires } : {}) };
    yield { key: `${data.name} ${data.version}`, data };
  } else if (part === 'metadata') {
    const data = parsePythonMetadata(textOf(file.content.read(0, metadataWindow)));
    yield { key: `${data.name} ${data.version}`, data };
  } else if (part === 'record' || part === 'installed-files' || part === 'sources') {
    const text = textOf(file.content.read(0, listWindow));
    const list = part === 'record' ? parsePythonRecord(text, maxFiles) : plainList(text);
    yield { key: part, data: list };
    if (file.size > listWindow || list.files.length === maxFiles) {
      throw new Fault('input/too-large', `lists more files than the first ${list.files.length}, which are kept`);
    }
  } else if (part === 'requires') {
    yield { key: part, data: eggRequires(textOf(file.content.read(0, metadataWindow))) };
  } else if (part === 'direct-url') {
    yield { key: part, data: readDirectUrl(file) };
  } else if (part === 'installer') {
    yield { key: part, data: textOf(file.content.read(0, 64)).split('\n')[0]!.trim() };
  }
}

function plainList(text: string): PythonRecord {
  const files: string[] = [];
  for (const line of lines(text)) {
    if (line !== '') files.push(line);
    if (files.length === maxFiles) break;
  }
  return { files, size: null };
}

/** What an egg needs in any case: what extras and markers ask for stands in sections behind (setuptools). */
function eggRequires(text: string): readonly string[] {
  const needed: string[] = [];
  for (const line of lines(text)) {
    if (line.startsWith('[')) break;
    needed.push(line);
  }
  return requirementNames(needed);
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function readDirectUrl(file: WantedFile): DirectUrl {
  const json = readJsonFile(file.content, 64 * 1024);
  const { url, vcs_info: vcs, dir_info: dir } = json;
  if (typeof url !== 'string') throw new Fault('input/invalid', 'names no url');
  const text = (value: unknown) => (typeof value === 'string' && value.length <= 256 ? value : undefined);
  const system = isObject(vcs) ? text(vcs['vcs']) : undefined;
  const commit = isObject(vcs) ? text(vcs['commit_id']) : undefined;
  return {
    // Users, passwords and signatures are nobody's business, though pip should have taken the first two out.
    url: url
      .slice(0, 1024)
      .replace(/[?#].*$/s, '')
      .replace(/^([a-z+.-]+:\/\/)[^/@]*@/i, '$1'),
    ...(system === undefined ? {} : { vcs: system }),
    ...(commit === undefined ? {} : { commit }),
    ...(isObject(dir) && dir['editable'] === true ? { editable: true } : {}),
  };
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  const byPath = new Map(view.facts.map(({ path, facts }) => [path, facts]));
  for (const { path, facts } of view.facts) {
    const place = placeOf(path);
    if (place?.part !== 'metadata' && place?.part !== 'egg') continue;
    const beside = <T>(name: string) => byPath.get(`${place.unit}/${name}`)?.[0]?.data as T | undefined;
    for (const { key, data } of facts) {
      const metadata = data as PythonMetadata;
      const record = beside<PythonRecord>('RECORD');
      const direct = beside<DirectUrl>('direct_url.json');
      const requires = metadata.requires ?? beside<readonly string[]>('requires.txt') ?? [];
      const told = metadataOf(beside<string>('INSTALLER'), direct);
      yield {
        type: 'python',
        name: metadata.name,
        version: metadata.version,
        arch: null,
        source: null,
        origin: null,
        purl: purlOf(metadata, direct),
        licenses: (metadata.licenses ?? []).flatMap(licenseNames),
        vendor: metadata.author ?? null,
        size: record?.size ?? null,
        files: record ? absolute(place.base, record.files) : listedFiles(view, place, beside),
        ...(Object.keys(told).length > 0 ? { metadata: told } : {}),
        ...(requires.length > 0 ? { requires } : {}),
        evidence: { path, key },
        ...(place.part === 'egg' ? { inside: 'EGG-INFO/PKG-INFO' } : {}),
      };
    }
  }
}

function metadataOf(installer = '', direct?: DirectUrl): Readonly<Record<string, string>> {
  return {
    ...(installer === '' ? {} : { installer }),
    ...(direct === undefined ? {} : { url: direct.url }),
    ...(direct?.commit === undefined ? {} : { commit: direct.commit }),
    ...(direct?.editable === true ? { editable: 'true' } : {}),
  };
}

/** `pkg:pypi/` with the normalised name (PEP 503), and the exact commit of what was installed from version control. */
function purlOf(metadata: PythonMetadata, direct: DirectUrl | undefined): string {
  const commit = direct?.vcs !== undefined && direct.commit !== undefined;
  return formatPurl({
    type: 'pypi',
    name: pythonName(metadata.name),
    version: metadata.version,
    qualifiers: { vcs_url: commit ? `${direct.vcs}+${direct.url}@${direct.commit}` : null },
  });
}

/**
 * The files of an egg: installed-files.txt is relative to the metadata folder; SOURCES.txt lists what the source tree had,
 * so only what is there counts (as in Python's importlib.metadata).
 */
function listedFiles(view: ImageView, place: Place, beside: <T>(name: string) => T | undefined): readonly string[] {
  const installed = beside<PythonRecord>('installed-files.txt');
  if (installed) return absolute(place.unit, installed.files);
  const sources = beside<PythonRecord>('SOURCES.txt');
  return sources ? absolute(place.base, sources.files).filter((path) => view.resolve(path.slice(1)) !== null) : [];
}

/** Absolute paths of what is listed relative to a folder; `..` stops at the root. Sorted, each once. */
function absolute(folder: string, files: readonly string[]): readonly string[] {
  const start = folder === '' ? '' : `/${folder}`;
  // Resolving is slow, and hardly any file needs it.
  const plain = (file: string) => !/^\/|(^|\/)\.{0,2}(\/|$)/.test(file);
  return [
    ...new Set(files.map((file) => (plain(file) ? `${start}/${file}` : posix.resolve('/', folder, file)))),
  ].sort();
}
