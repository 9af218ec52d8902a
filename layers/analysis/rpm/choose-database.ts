import type { ImageView, PathFacts } from '../analyzer.ts';
import type { RpmFact } from './database-facts.ts';
import { mergeLog } from './merge-log.ts';
import type { RpmData } from './package-data.ts';

/** Where databases lie: everywhere before 2021, then Fedora and SUSE, then rpm-ostree. */
const folders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
/** Newest format first: an upgrade of rpm leaves the old file behind. */
const names = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** What Mariner and Azure Linux leave in images that have no rpm. */
export const manifestPath = 'var/lib/rpmmanifest/container-manifest-2';
/** What SQLite puts behind the name of a database for its write-ahead log. */
export const logSuffix = '-wal';

/** A package with the place it was read from. */
export interface PlacedPackage {
  readonly path: string;
  readonly key: string;
  readonly data: RpmData;
}

/**
 * The packages of the one database that counts: the first with packages by format, then by place; a file reached by two
 * paths is one. A write-ahead log beside it is laid over it. Other databases with packages are noted, and so is what could
 * not be read in the one that counts.
 */
export function chooseDatabase(view: ImageView): readonly PlacedPackage[] {
  const files = candidates(view).map((file) => open(file, view));
  const chosen = files.find(({ count }) => count > 0) ?? files[0];
  if (chosen === undefined) return [];
  const { path } = chosen.file;
  for (const { file, count } of files)
    if (file.path !== path && file.path !== manifestPath && count > 0)
      view.note(file.path, `this rpm database of ${count} packages is ignored: /${path} is read instead`);
  for (const { data } of chosen.file.facts as readonly { data: RpmFact }[])
    if (data.kind === 'problem' && (count(chosen.file) > 0 || chosen.log === null)) view.note(path, data.problem);
  return chosen.log === null ? packagesIn(chosen.file) : merged(chosen.file, chosen.log, view);
}

interface Candidate {
  readonly file: PathFacts;
  readonly log: PathFacts | null;
  /** Packages in both together, not merged. */
  readonly count: number;
}

function candidates(view: ImageView): readonly PathFacts[] {
  const byPath = new Map(view.facts.map((file) => [file.path, file]));
  const found = new Map<string, PathFacts>();
  for (const path of [...names.flatMap((name) => folders.map((folder) => `${folder}/${name}`)), manifestPath]) {
    const file = byPath.get(view.resolve(path) ?? path);
    if (file !== undefined) found.set(file.path, file);
  }
  return [...found.values()];
}

function open(file: PathFacts, view: ImageView): Candidate {
  const path = file.path + logSuffix;
  const log = view.facts.find((other) => other.path === path && other.facts.length > 0) ?? null;
  return { file, log, count: count(file) + (log === null ? 0 : count(log)) };
}

const count = (file: PathFacts) => packagesIn(file).length;

function packagesIn({ path, facts }: PathFacts): readonly PlacedPackage[] {
  return (facts as readonly { key: string; data: RpmFact }[]).flatMap(({ key, data }) =>
    data.kind === 'package' ? [{ path, key, data }] : [],
  );
}

function treeIn({ facts }: PathFacts) {
  for (const { data } of facts as readonly { data: RpmFact }[]) if (data.kind === 'tree') return data.tree;
  return null;
}

function merged(file: PathFacts, log: PathFacts, view: ImageView): readonly PlacedPackage[] {
  const byRow = (packages: readonly PlacedPackage[]) => new Map(packages.map((found) => [found.data.row, found]));
  const [inDatabase, inLog] = [byRow(packagesIn(file)), byRow(packagesIn(log))];
  const rows = mergeLog(treeIn(file), treeIn(log) ?? { root: null, pages: [] }, new Set(inLog.keys()));
  if (rows === null) {
    view.note(log.path, 'rows in the write-ahead log are not read: it does not fit the database beside it');
    return packagesIn(file);
  }
  const packages: PlacedPackage[] = [];
  for (const { row, from } of rows) {
    const [old, now] = [inDatabase.get(row), from === 'log' ? inLog.get(row) : undefined];
    // A log that was taken over but not yet cut holds what the database holds: the layer of the database tells more.
    const found = now === undefined || now.key === old?.key ? old : now;
    if (found === undefined) view.note(log.path, `package ${row} of the rpm database is left out: it cannot be read`);
    else packages.push(found);
  }
  return packages;
}
