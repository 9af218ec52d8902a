import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Fault } from '#core/fault.ts';
import type { OpenSql } from '../sql.ts';
import { brokenCommit } from '../sql-fault.ts';
import { type Session, sessionSql } from './session-sql.ts';

/**
 * PGlite in a folder, made when it is not there; in memory when `folder` is null. One session: calls wait for each other.
 * PGlite takes no lock of its own and two of them destroy a folder, so the caller holds one (pid-lock.ts). What was
 * committed outlives the process, however it ends; a power cut may damage the folder, since PGlite never syncs its files.
 * Throws `sql/unavailable` when it cannot start.
 */
export async function openPgliteSql(folder: string | null): Promise<OpenSql> {
  const database = await start(folder);
  const sql = sessionSql({
    once: sessionOf(database),
    hold: async (work) => {
      try {
        return await database.transaction((tx) => work(sessionOf(tx)));
      } catch (thrown) {
        throw isBrokenCommit(thrown) ? brokenCommit() : thrown;
      }
    },
  });
  return {
    ...sql,
    async [Symbol.asyncDispose]() {
      if (!database.closed) await database.close();
    },
  };
}

async function start(folder: string | null): Promise<PGlite> {
  try {
    const database = folder === null ? await PGlite.create('memory://') : await startIn(folder);
    database.parsers = asIs;
    database.serializers = asIs;
    return database;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Fault(
      'sql/unavailable',
      folder === null
        ? `The embedded database in memory does not start: ${said.slice(0, 500)}`
        : `The embedded database in ${folder} does not start: ${said.slice(0, 500)}; if it is damaged, move its data folder away: feeds are fetched and images read again`,
    );
  }
}

/**
 * A new database is copied into its folder file by file. While that goes on the file `FOLDER.making` is there, so that
 * the half of one that a killed process left is made anew.
 */
async function startIn(folder: string): Promise<PGlite> {
  const making = `${folder}.making`;
  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  const unfinished = await isThere(making);
  if (unfinished) await rm(folder, { recursive: true, force: true });
  const isNew = unfinished || !(await isThere(join(folder, 'PG_VERSION')));
  if (!isNew) return PGlite.create(folder);
  await mkdir(dirname(folder), { recursive: true });
  await writeFile(making, '');
  const database = await PGlite.create(folder);
  await rm(making);
  return database;
}

/** Every type comes as the text PostgreSQL sent and goes as text or bytes: PGlite's own conversions are switched off. */
const asIs = new Proxy<Record<string, (value: unknown) => never>>(
  {},
  { get: () => (value: unknown) => value as never },
);

function sessionOf(database: Pick<PGlite, 'query'>): Session {
  return async (text, values) => {
    const result = await database.query<(string | null)[]>(text, [...values], { rowMode: 'array' });
    return { fields: result.fields.map((field) => ({ name: field.name, type: field.dataTypeID })), rows: result.rows };
  };
}

function isBrokenCommit(thrown: unknown): boolean {
  return !(thrown instanceof Fault) && (thrown as { code?: unknown } | null)?.code === '25P02';
}
