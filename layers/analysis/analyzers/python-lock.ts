import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { type LockedPackage, lockedByPipenv, lockedInToml } from '../python/locked-packages.ts';
import { pythonName } from '../python/python-name.ts';
import { pinnedRequirements } from '../python/requirements-file.ts';
import { decodedText } from '../texts/decoded-text.ts';
import { readJsonFile } from '../texts/json-file.ts';
import { readTomlFile } from '../texts/toml-file.ts';

/**
 * Python distributions that lock files name: poetry.lock, uv.lock, pdm.lock, Pipfile.lock, pylock.toml (PEP 751), and what
 * requirements files pin with `==`. All are declared: what is installed is found by its own metadata. Projects that a lock
 * file names by a folder are left out. Metadata: `dev` where only a group for development asks for it.
 */
export const pythonLock: Analyzer = {
  name: 'python-lock',
  reads: '`poetry.lock`, `uv.lock`, `pdm.lock`, `Pipfile.lock`, `pylock.toml`, pinned requirements files',
  version: 1,
  wants: (path) => /\.(lock|toml|txt)$/.test(path.slice(-5)) && formOf(path) !== null,
  read: readLock,
  assemble: assemblePackages,
};

/** The lock file of a large project has 2 MB, a requirements file some kilobytes. */
const maxBytes = 8 * 1024 * 1024;
const maxPackages = 20_000;

type Form = 'requirements' | 'pipenv' | 'toml';

function formOf(path: string): Form | null {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (name === 'Pipfile.lock') return 'pipenv';
  if (name === 'poetry.lock' || name === 'uv.lock' || name === 'pdm.lock') return 'toml';
  if (name === 'pylock.toml' || /^pylock\.[^.]+\.toml$/.test(name)) return 'toml';
  if (!name.endsWith('.txt')) return null;
  const listed = name.includes('requirements') || /(^|\/)requirements$/.test(path.slice(0, Math.max(0, slash)));
  return listed ? 'requirements' : null;
}

function* readLock(file: WantedFile): Iterable<Fact> {
  const seen = new Set<string>();
  for (const data of lockedPackages(file)) {
    const key = `${data.name} ${data.version}`;
    if (seen.has(key)) continue;
    if (seen.size === maxPackages) throw new Fault('input/too-large', `names more than ${maxPackages} packages`);
    seen.add(key);
    yield { key, data };
  }
}

function lockedPackages({ path, content }: WantedFile): Iterable<LockedPackage> {
  const form = formOf(path);
  if (form === 'toml') return lockedInToml(readTomlFile(content, maxBytes));
  if (form === 'pipenv') return lockedByPipenv(readJsonFile(content, maxBytes));
  return pinnedRequirements(decodedText(content.all(maxBytes)));
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as LockedPackage);
  }
}

function foundPackage(path: string, key: string, { name, version, origin, dev }: LockedPackage): FoundPackage {
  return {
    type: 'python',
    name,
    version,
    arch: null,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'pypi', name: pythonName(name), version, qualifiers: { vcs_url: origin } }),
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    declared: 'lock',
    ...(dev === true ? { metadata: { dev: 'true' } } : {}),
    evidence: { path, key },
  };
}
