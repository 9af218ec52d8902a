import { isObject, type JsonObject } from '../texts/json-file.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { isPythonName } from './python-name.ts';
import { pinnedRequirement } from './requirement.ts';

/** A distribution in the one version that a lock file chose. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Where version control had it: the `vcs_url` of its package URL. */
  readonly origin?: string;
  /** True where no group asks for it but those for development. */
  readonly dev?: true;
}

/**
 * The packages of a lock file of Poetry, uv or PDM (`[[package]]`) or in the form of PEP 751 (`[[packages]]`); none of another
 * document. Entries without a version (PEP 751 has them for what is built from sources) and folders are left out.
 */
export function* lockedInToml(document: JsonObject): Generator<LockedPackage> {
  const entries = document['package'] ?? document['packages'];
  if (!Array.isArray(entries)) return;
  for (const entry of entries) {
    if (!isObject(entry) || isFolder(entry)) continue;
    const { name, version } = entry;
    if (typeof name !== 'string' || !isPythonName(name) || typeof version !== 'string' || !isVersion(version)) continue;
    const origin = originOf(entry);
    yield { name, version, ...(origin === null ? {} : { origin }), ...(isForDevelopment(entry) ? { dev: true } : {}) };
  }
}

/** The packages of a Pipfile.lock, which names no version for what comes from version control or a file. */
export function* lockedByPipenv(document: JsonObject): Generator<LockedPackage> {
  if (!isObject(document['_meta'])) return;
  for (const [group, packages] of Object.entries(document)) {
    if (group === '_meta' || !isObject(packages)) continue;
    for (const [name, entry] of Object.entries(packages)) {
      const version = isObject(entry) ? entry['version'] : null;
      const pinned = typeof version === 'string' ? pinnedRequirement(name + version) : null;
      if (pinned !== null) yield { ...pinned, ...(group === 'develop' ? { dev: true } : {}) };
    }
  }
}

const isVersion = (text: string) => text.length <= 256 && /^[^\s\p{Cc}]+$/u.test(text);

/** A part of the project itself: uv `source = { editable | virtual | directory }`, Poetry `type = "directory"`, PDM `path`, PEP 751 `directory`. */
function isFolder(entry: JsonObject): boolean {
  const source = isObject(entry['source']) ? entry['source'] : {};
  if (source['type'] === 'directory' || entry['editable'] === true || isObject(entry['directory'])) return true;
  if (typeof entry['path'] === 'string' && !/\.(whl|zip|gz|bz2|xz|tgz)$/.test(entry['path'])) return true;
  return ['editable', 'virtual', 'directory'].some((kind) => Object.hasOwn(source, kind));
}

function originOf(entry: JsonObject): string | null {
  const { source, vcs, git, revision } = entry;
  if (isObject(vcs)) return vcsUrl(vcs['url'], vcs['commit-id']);
  if (typeof git === 'string') return vcsUrl(git, revision);
  if (!isObject(source)) return null;
  if (source['type'] === 'git') return vcsUrl(source['url'], source['resolved_reference']);
  const address = source['git'];
  return typeof address === 'string' ? vcsUrl(address, address.slice(address.lastIndexOf('#') + 1)) : null;
}

/** Poetry and PDM name groups; Poetry before 1.5 had a `category`. */
function isForDevelopment({ groups, category }: JsonObject): boolean {
  if (!Array.isArray(groups)) return category === 'dev';
  return groups.length > 0 && !groups.includes('main') && !groups.includes('default');
}
