import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import type { FilesBudget } from '../os/owned-files.ts';
import { bdbRows, isBdb } from './bdb.ts';
import { containerManifest } from './container-manifest.ts';
import { RpmHeader } from './header.ts';
import { isNdb, ndbRows } from './ndb.ts';
import { type RpmData, rpmData } from './package-data.ts';
import { damaged, type RpmRow } from './row.ts';
import { isSqlite, type SqliteTree, sqliteRows } from './sqlite.ts';
import { readLog } from './write-ahead-log.ts';

/** What is kept of an rpm database, of a write-ahead log or of a container manifest. */
export type RpmFact =
  | RpmData
  /** The b-tree of an SQLite database or log, behind its packages. */
  | { readonly kind: 'tree'; readonly tree: SqliteTree }
  /** A package, or all from some point on, that could not be read. */
  | { readonly kind: 'problem'; readonly problem: string };

/** The packages of a database in the format that its first bytes tell, whatever its name; never throws. */
export function* databaseFacts(content: RandomAccess): Generator<RpmFact> {
  let tree: SqliteTree | null = null;
  try {
    const rows = rowsOf(content, (found) => {
      tree = found;
    });
    yield* packagesOf(rows);
  } catch (thrown) {
    yield { kind: 'problem', problem: Fault.from(thrown).message };
  }
  if (tree !== null) yield { kind: 'tree', tree };
}

function rowsOf(content: RandomAccess, onTree: (tree: SqliteTree) => void): Iterable<RpmRow> {
  const start = content.read(0, 100);
  if (start.length === 0) throw damaged('it is empty');
  if (isSqlite(start)) return sqliteRows(content, onTree);
  if (isNdb(start)) return ndbRows(content);
  if (isBdb(start)) return bdbRows(content);
  throw damaged('it is neither SQLite nor ndb nor Berkeley DB');
}

/** The packages in the write-ahead log of an SQLite database, and the tree that says which of its rows count; never throws. */
export function* logFacts(content: RandomAccess): Generator<RpmFact> {
  const log = readLog(content);
  if (log === null) return;
  // Not every row of a log is of the table Packages: what is no package is no problem.
  for (const fact of packagesOf(log.rows)) if (fact.kind === 'package') yield fact;
  yield { kind: 'tree', tree: log.tree };
}

/** The packages of a container manifest. */
export function* manifestFacts(content: RandomAccess): Generator<RpmFact> {
  for (const data of containerManifest(content))
    yield typeof data === 'string' ? { kind: 'problem', problem: data } : data;
}

/** Problems that one database may cause; a damaged one could cause one for every sixteen bytes. */
const maxProblems = 50;

function* packagesOf(rows: Iterable<RpmRow>): Generator<RpmFact> {
  const budget: FilesBudget = { characters: 0 };
  let problems = 0;
  for (const row of rows) {
    const fact = row.kind === 'problem' ? row : headerFact(row.number, row.bytes, budget);
    if (fact.kind === 'package' || ++problems <= maxProblems) yield fact;
  }
  if (problems > maxProblems)
    yield { kind: 'problem', problem: `${problems - maxProblems} more problems like these are not shown` };
}

function headerFact(row: number, bytes: Uint8Array, budget: FilesBudget): RpmFact {
  let reason: string;
  try {
    const data = rpmData(row, new RpmHeader(bytes), budget);
    if (typeof data !== 'string') return data;
    reason = data;
  } catch (thrown) {
    reason = Fault.from(thrown).message;
  }
  return { kind: 'problem', problem: `package ${row} of the rpm database is left out: ${reason}` };
}
