import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Clock } from './clock.ts';
import type { Sql, SqlRow } from './sql.ts';
import { readSqlText } from './sql-text.ts';

/** One file of schema/sql. */
export interface Migration {
  /** 1 for the first file, without gaps. */
  readonly number: number;
  /** File name. */
  readonly name: string;
  readonly text: string;
}

/**
 * Brings the database to the last migration: each file in a transaction of its own, one statement a call, noted in the
 * table `migration` with its checksum. Safe to run again and by several processes at once; one query when nothing is to
 * be done. Returns the names of the files it applied. Throws `state/conflict` when a file was changed or is missing after it
 * was applied, `sql/*` when one fails: files before it stay, nothing of it does.
 */
export async function migrate(sql: Sql, migrations: readonly Migration[], clock: Clock): Promise<readonly string[]> {
  let applied = await readJournal(sql);
  if (applied === null) {
    await makeJournal(sql);
    applied = (await readJournal(sql)) ?? [];
  }
  compare(applied, migrations);
  const done: string[] = [];
  for (const migration of migrations.slice(applied.length)) {
    if (await apply(sql, migration, clock)) done.push(migration.name);
  }
  return done;
}

/** The files of schema/sql in order. Throws `internal/failed` when one is not named `NNNN-name.sql` or a number is missing. */
export async function readMigrations(
  folder: string = join(import.meta.dirname, '../../schema/sql'),
): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, i) => {
      const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
      if (number !== i + 1) {
        throw new Fault(
          'internal/failed',
          `Migration ${name} in ${folder} should begin with ${String(i + 1).padStart(4, '0')}-: numbers go up by one and names are of a-z, 0-9 and -`,
        );
      }
      return { number, name, text: (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n') };
    }),
  );
}

interface JournalRow extends SqlRow {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/** The journal in order, or null when there is none yet. */
async function readJournal(sql: Sql): Promise<readonly JournalRow[] | null> {
  try {
    return await sql.query<JournalRow>('select number, name, sha256 from migration order by number');
  } catch (thrown) {
    const undefinedTable = '42P01';
    if (thrown instanceof Fault && thrown.detail['sqlstate'] === undefinedTable) return null;
    throw thrown;
  }
}

async function makeJournal(sql: Sql): Promise<void> {
  await sql.transaction(async (tx) => {
    await lock(tx);
    await tx.query(
      'create table if not exists migration (number int primary key, name text not null, sha256 text not null, applied_at bigint not null)',
    );
  });
}

/** False when another process applied the file first. */
async function apply(sql: Sql, migration: Migration, clock: Clock): Promise<boolean> {
  return sql.transaction(async (tx) => {
    await lock(tx);
    const [known] = await tx.query<JournalRow>(
      'select number, name, sha256 from migration where number = :number::int',
      { number: migration.number },
    );
    if (known !== undefined) {
      compareOne(known, migration);
      return false;
    }
    for (const statement of readSqlText(migration.text).statements) {
      try {
        await tx.query(statement);
      } catch (thrown) {
        const fault = Fault.from(thrown);
        throw new Fault(fault.code, `Migration ${migration.name}: ${fault.message}`, { detail: { ...fault.detail } });
      }
    }
    await tx.query(
      'insert into migration (number, name, sha256, applied_at) values (:number::int, :name::text, :sha256::text, :now::bigint)',
      { number: migration.number, name: migration.name, sha256: checksum(migration), now: clock.now() },
    );
    return true;
  });
}

/** One migrator at a time; the lock ends with the transaction. The number is this program's own, without meaning. */
async function lock(tx: Sql): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(1886349677)::text as locked');
}

function compare(applied: readonly JournalRow[], migrations: readonly Migration[]): void {
  applied.forEach((row, i) => {
    const migration = migrations[i];
    if (row.number !== i + 1) {
      throw new Fault(
        'state/conflict',
        `The database has migration ${row.name} but not the one before it, number ${i + 1}; restore it from a backup`,
      );
    }
    if (migration === undefined) {
      throw new Fault(
        'state/conflict',
        `The database has migration ${row.name}, which this program does not know: a newer Plimsoll made it; use that one or newer`,
      );
    }
    compareOne(row, migration);
  });
}

function compareOne(row: JournalRow, migration: Migration): void {
  if (row.sha256 === checksum(migration)) return;
  throw new Fault(
    'state/conflict',
    `Migration ${migration.name} is not what was applied to the database as ${row.name}; an applied file never changes: restore it, and put the change into a new file`,
  );
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.text).digest('hex');
}
