import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { isObject, type JsonObject, readJsonFile } from '../texts/json-file.ts';
import { textLines } from '../texts/text-lines.ts';

/**
 * Packages of Conan: those whose `conaninfo.txt` lies in a folder that says which one it is (the cache of Conan 1, folders that
 * the full_deploy deployer of Conan 2 makes), and those that a `conan.lock` of either, or the `[full_requires]` of a
 * conaninfo.txt of Conan 1, names. The cache of Conan 2 cuts names off in its folders and tells them in a database only, which
 * is not read. Metadata: `user`, `channel`.
 */
export const conan: Analyzer = {
  name: 'conan',
  reads: '`conaninfo.txt`, `conan.lock`',
  version: 1,
  wants: (path, size) => (path.endsWith('conan.lock') || path.endsWith('conaninfo.txt')) && size <= maxBytes,
  read: readFile,
  assemble: assemblePackages,
};

const maxBytes = 4 * 1024 * 1024;

interface Reference extends Listed {
  readonly user?: string;
  readonly channel?: string;
  readonly installed?: true;
}

function* readFile(file: WantedFile): Iterable<Fact> {
  if (file.path.endsWith('conan.lock')) yield* listedFacts(lockedPackages(readJsonFile(file.content, maxBytes)));
  else yield* listedFacts([...installedPackage(file.path), ...neededPackages(file)]);
}

/** Version 0.5 lists references by their use, 0.4 has a graph with one at each node (Conan: lockfile.py, graph_lock.py). */
function* lockedPackages(lock: JsonObject): Iterable<Reference> {
  for (const use of ['requires', 'build_requires', 'python_requires', 'config_requires']) {
    for (const text of Array.isArray(lock[use]) ? lock[use] : []) yield* parseReference(text);
  }
  const graph = lock['graph_lock'];
  const nodes = isObject(graph) && isObject(graph['nodes']) ? graph['nodes'] : {};
  for (const node of Object.values(nodes)) {
    if (isObject(node)) yield* parseReference(node['ref'] ?? node['pref']);
  }
}

/** `.conan/data/NAME/VERSION/USER/CHANNEL/package/ID` with `_` for none, and `full_deploy/host/NAME/VERSION/...`. */
function* installedPackage(path: string): Iterable<Reference> {
  const cached = /(?:^|\/)([^/]+)\/(\d[^/]*)\/([^/]+)\/([^/]+)\/package\/[0-9a-f]+\/conaninfo\.txt$/.exec(path);
  const [, name, version, user = '_', channel = '_'] =
    cached ??
    /(?:^|\/)full_deploy\/(?:host|build)\/([^/]+)\/(\d[^/]*)\/(?:[^/]+\/){0,4}conaninfo\.txt$/.exec(path) ??
    [];
  if (name === undefined) return;
  const owner = user === '_' || channel === '_' ? {} : { user, channel };
  yield { name, version, ...owner, installed: true };
}

/** `[full_requires]` of Conan 1; `[requires]` has ranges (`1.Y.Z`). */
function* neededPackages(file: WantedFile): Iterable<Reference> {
  let section = '';
  for (const line of textLines(file.content)) {
    const text = line.trim();
    if (text.startsWith('[')) section = text;
    else if (section === '[full_requires]' && text !== '') yield* parseReference(text);
  }
}

/** `NAME/VERSION[@USER/CHANNEL][#REVISION][:PACKAGE][%TIME]`; nodes without one are the project. */
function* parseReference(text: unknown): Iterable<Reference> {
  if (typeof text !== 'string' || text === '') return;
  const [, name, version, user, channel] =
    /^([^/@#:%\s]{1,200})\/([^/@#:%\s]{1,200})(?:@(?:([^/@#:%\s]{1,200})\/([^/@#:%\s]{1,200}))?)?(?:[#:%]|$)/.exec(
      text,
    ) ?? [];
  yield { name, version, ...(user === undefined || channel === undefined ? {} : { user, channel }) };
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, user, channel, installed } = data as Reference & { name: string; version: string };
      yield languagePackage({
        type: 'conan',
        name,
        version,
        purl: formatPurl({ type: 'conan', name, version, qualifiers: { user, channel } }),
        ...(installed ? {} : { declared: 'lock' as const }),
        ...(user === undefined || channel === undefined ? {} : { metadata: { user, channel } }),
        evidence: { path, key },
      });
    }
  }
}
