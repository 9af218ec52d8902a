import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { addImportExtensions } from './data-api-s3-import.ts';

/** What PostgreSQL answers, every value in its text form. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: PostgresType }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows that an insert, update or delete touched. */
  readonly updated: number;
}

export interface PostgresType {
  readonly name: string;
  /** pg_type.typtype: b base, c composite, e enum, ... */
  readonly kind: string;
  /** Of an array its elements; null for what is none. */
  readonly element: string | null;
}

export type Run = (text: string, values: readonly (string | Uint8Array | null)[]) => Promise<Answer>;

/** A transaction on a session of its own. */
export interface OpenTransaction {
  readonly run: Run;
  readonly end: (how: 'commit' | 'rollback') => Promise<void>;
}

/** Files that the database reads as its own. */
export interface DatabaseFiles {
  readonly write: (path: string, content: Uint8Array) => void;
  readonly remove: (path: string) => void;
}

/** A real PostgreSQL behind the fake. `begin` waits until a session is free. */
export interface FakeDatabase extends AsyncDisposable {
  readonly once: Run;
  readonly begin: () => Promise<OpenTransaction>;
  /** Null where it has none of its own: then it cannot import from S3 either. */
  readonly files: DatabaseFiles | null;
}

/** PGlite in memory: one session, so that a transaction keeps all other calls waiting. The extension aws_s3 is there to be created. */
export async function pgliteDatabase(): Promise<FakeDatabase> {
  const database = await PGlite.create('memory://');
  const { FS } = database.Module;
  const files: DatabaseFiles = {
    write: (path, content) => FS.writeFile(path, content),
    remove: (path) => FS.unlink(path),
  };
  addImportExtensions(files, '/pglite/share/postgresql/extension');
  database.parsers = asIs;
  database.serializers = asIs;
  const raw: Raw = async (text, values) => {
    const { fields, rows, affectedRows } = await database.query<(string | null)[]>(text, [...values], {
      rowMode: 'array',
    });
    return { fields: fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows, updated: affectedRows };
  };
  const run = named(raw);
  const turns = takeTurns();
  return {
    files,
    async once(text, values) {
      const done = await turns();
      try {
        return await run(text, values);
      } finally {
        done();
      }
    },
    async begin() {
      const done = await turns();
      await raw('begin', []);
      return {
        run,
        async end(how) {
          try {
            await raw(how, []);
          } finally {
            done();
          }
        },
      };
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

/** A server by its URL, with sessions as they are needed. */
export function serverDatabase(url: string): FakeDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 8, allowExitOnIdle: true });
  pool.on('error', () => {});
  const rawOf =
    (client: pg.Pool | pg.PoolClient): Raw =>
    async (text, values) => {
      const { fields, rows, rowCount, command } = await client.query<(string | null)[]>({
        text,
        values: [...values],
        rowMode: 'array',
        types: { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig,
      });
      const updated = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(command) ? (rowCount ?? 0) : 0;
      return { fields: fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows, updated };
    };
  const types = new Map<number, PostgresType>();
  return {
    files: null,
    once: named(rawOf(pool), types),
    async begin() {
      const client = await pool.connect();
      const broken = () => {};
      client.on('error', broken);
      await client.query('begin');
      return {
        run: named(rawOf(client), types),
        async end(how) {
          let failed = true;
          try {
            await client.query(how);
            failed = false;
          } finally {
            client.off('error', broken);
            client.release(failed);
          }
        },
      };
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

type Raw = (
  text: string,
  values: readonly (string | Uint8Array | null)[],
) => Promise<{
  readonly fields: readonly { readonly name: string; readonly oid: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly updated: number | undefined;
}>;

const asIs = new Proxy<Record<string, (value: unknown) => never>>(
  {},
  { get: () => (value: unknown) => value as never },
);

/** Types of an answer by their names in the catalog, which is read when there is one that it has not seen. */
function named(raw: Raw, known = new Map<number, PostgresType>()): Run {
  return async (text, values) => {
    const { fields, rows, updated } = await raw(text, values);
    if (fields.some(({ oid }) => !known.has(oid))) {
      const catalog = await raw(
        "select t.oid::text, t.typname::text, t.typtype::text, case when t.typcategory = 'A' then e.typname::text end from pg_type t left join pg_type e on e.oid = t.typelem",
        [],
      );
      for (const [oid, name, kind, element] of catalog.rows) {
        known.set(Number(oid), { name: name!, kind: kind!, element: element ?? null });
      }
    }
    return {
      columns: fields.map(({ name, oid }) => ({ name, type: known.get(oid)! })),
      rows,
      updated: updated ?? 0,
    };
  };
}

/** Resolves when it is one's turn, with what ends it. */
function takeTurns(): () => Promise<() => void> {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    await before;
    return resolve;
  };
}
