import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, PathFacts, RandomAccess } from '../analyzer.ts';
import { licenseTerms } from '../license-terms.ts';
import { osPurl } from '../os-purl.ts';
import { type FilesBudget, type OwnedFiles, ownedPaths } from '../owned-files.ts';
import { bdbRows, isBdb } from '../rpm/bdb.ts';
import { containerManifest } from '../rpm/container-manifest.ts';
import { RpmHeader } from '../rpm/header.ts';
import { isNdb, ndbRows } from '../rpm/ndb.ts';
import { type RpmData, rpmData } from '../rpm/package-data.ts';
import { damaged, type RpmRow } from '../rpm/row.ts';
import { isSqlite, sqliteRows } from '../rpm/sqlite.ts';
import { committedPages } from '../rpm/write-ahead-log.ts';

type RpmFact =
  | RpmData
  | { readonly kind: 'problem'; readonly problem: string }
  | { readonly kind: 'log'; readonly pages: number };

/** Where databases lie: everywhere before 2021, then Fedora and SUSE, then rpm-ostree. */
const folders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
/** Newest format first: an upgrade of rpm leaves the old file behind. */
const names = ['rpmdb.sqlite', 'Packages.db', 'Packages'];
const manifest = 'var/lib/rpmmanifest/container-manifest-2';
const log = '-wal';

/** Packages of the rpm database in its three formats, read without rpm. */
export const rpm: Analyzer = {
  name: 'rpm',
  version: 1,
  // A database folder may be a link to any folder, by custom one called rpm.
  wants: (path) => path === manifest || /(?:^|\/)rpm\/(?:rpmdb\.sqlite(?:-wal)?|Packages(?:\.db)?)$/.test(path),
  *read(file) {
    if (file.path.endsWith(log)) {
      const pages = committedPages(file.content);
      if (pages > 0) yield { key: '', data: { kind: 'log', pages } satisfies RpmFact };
    } else yield* bounded(file.path === manifest ? manifestFacts(file.content) : databaseFacts(file.content));
  },
  *assemble(view) {
    const paths = ownedPaths(view);
    const database = choose(view);
    if (database === null) return;
    for (const { key, data } of database.facts as readonly { key: string; data: RpmFact }[])
      if (data.kind === 'problem') view.note(database.path, data.problem);
      else if (data.kind === 'package') yield found(data, { path: database.path, key }, paths, view);
  },
};

/** Notes that one database may cause; a damaged one could cause one for every sixteen bytes. */
const maxProblems = 50;

function* bounded(facts: Iterable<RpmFact>): Generator<Fact> {
  let problems = 0;
  for (const data of facts) {
    if (data.kind === 'package') yield { key: `${data.name} ${evr(data)} ${data.arch ?? ''}`.trim(), data };
    else if (++problems <= maxProblems) yield { key: '', data };
  }
  if (problems <= maxProblems) return;
  const problem = `${problems - maxProblems} more problems like these are not shown`;
  yield { key: '', data: { kind: 'problem', problem } satisfies RpmFact };
}

function* databaseFacts(content: RandomAccess): Generator<RpmFact> {
  const budget: FilesBudget = { characters: 0 };
  try {
    for (const row of rowsOf(content)) yield row.kind === 'problem' ? row : headerFact(row, budget);
  } catch (thrown) {
    yield { kind: 'problem', problem: Fault.from(thrown).message };
  }
}

/** By its first bytes, not by its name. */
function rowsOf(content: RandomAccess): Iterable<RpmRow> {
  const start = content.read(0, 100);
  if (start.length === 0) throw damaged('it is empty');
  if (isSqlite(start)) return sqliteRows(content);
  if (isNdb(start)) return ndbRows(content);
  if (isBdb(start)) return bdbRows(content);
  throw damaged('it is neither SQLite nor ndb nor Berkeley DB');
}

function headerFact(row: RpmRow & { kind: 'header' }, budget: FilesBudget): RpmFact {
  let reason: string;
  try {
    const data = rpmData(new RpmHeader(row.bytes), budget);
    if (typeof data !== 'string') return data;
    reason = data;
  } catch (thrown) {
    reason = Fault.from(thrown).message;
  }
  return { kind: 'problem', problem: `package ${row.number} of the rpm database is left out: ${reason}` };
}

function* manifestFacts(content: RandomAccess): Generator<RpmFact> {
  for (const data of containerManifest(content))
    yield typeof data === 'string' ? { kind: 'problem', problem: data } : data;
}

/**
 * The one database that counts: the first with packages by format, then by place; a file reached by two paths is one. The
 * others are noted. Without packages anywhere the first file, for its problems.
 */
function choose(view: ImageView): PathFacts | null {
  const byPath = new Map(view.facts.map((file) => [file.path, file]));
  const candidates = new Map<string, PathFacts>();
  for (const path of [...names.flatMap((name) => folders.map((folder) => `${folder}/${name}`)), manifest]) {
    const file = byPath.get(view.resolve(path) ?? path);
    if (file !== undefined) candidates.set(file.path, file);
  }
  const packages = (file: PathFacts) => file.facts.filter(({ data }) => (data as RpmFact).kind === 'package').length;
  const files = [...candidates.values()];
  const chosen = files.find((file) => packages(file) > 0) ?? files[0] ?? null;
  if (chosen === null) return null;
  for (const file of files)
    if (file !== chosen && file.path !== manifest)
      view.note(
        file.path,
        `this rpm database of ${packages(file)} packages is ignored: ${chosen.path} is read instead`,
      );
  if (byPath.get(chosen.path + log)?.facts.length)
    view.note(
      chosen.path + log,
      'rows in the write-ahead log are not read: packages changed last may be missing or out of date',
    );
  return chosen;
}

function found(
  data: RpmData,
  evidence: { path: string; key: string },
  paths: (files: OwnedFiles) => readonly string[],
  view: ImageView,
): FoundPackage {
  return {
    type: 'rpm',
    name: data.name,
    version: evr(data),
    arch: data.arch ?? none,
    source: data.sourceRpm ?? none,
    origin: originOf(data),
    purl: osPurl('rpm', view.distro, data.name, `${data.version}-${data.release}`, {
      arch: data.arch,
      epoch: data.epoch === null ? null : String(data.epoch),
      upstream: data.sourceRpm,
      rpmmod: data.module,
    }),
    licenses: licenseTerms(data.license ?? ''),
    vendor: data.vendor,
    size: data.size,
    files: paths(data.files),
    evidence,
  };
}

/** What rpm prints for a tag that a header does not have; keys in the database (gpg-pubkey) have neither of the two. */
const none = '(none)';

const evr = ({ epoch, version, release }: RpmData) => `${epoch === null ? '' : `${epoch}:`}${version}-${release}`;

/** `name-version-release.src.rpm`, from the right; a source rpm's name has no epoch, so it has that of the package. */
function originOf({ sourceRpm, epoch }: RpmData): FoundPackage['origin'] {
  const match = /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/.exec(sourceRpm ?? '');
  if (match === null) return null;
  return { name: match[1]!, version: `${epoch === null ? '' : `${epoch}:`}${match[2]}-${match[3]}` };
}
