import pg from 'pg';
import { Fault } from '#core/fault.ts';
import type { OpenSql } from '../sql.ts';
import { brokenCommit } from '../sql-fault.ts';
import { faultOf, type Session, sessionSql } from './session-sql.ts';

/** Milliseconds; the same bound as a call of the RDS Data API. */
const statementTimeout = 45_000;

/** The forms in which values travel, and the three minutes after which the Data API rolls back a forgotten transaction. */
const settings = {
  timezone: 'UTC',
  datestyle: 'ISO',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  idle_in_transaction_session_timeout: '180000',
};

/**
 * Any PostgreSQL (15 or newer) by `postgres://user:password@host:port/database`, through a few connections that are made
 * when needed. Throws `input/invalid` for another kind of URL; that the server is not there shows at the first
 * statement, as `sql/unavailable`.
 */
export function openPgSql(url: string): OpenSql {
  const { connectionString, options } = split(url);
  const pool = new pg.Pool({
    connectionString,
    max: 4,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    statement_timeout: statementTimeout,
    application_name: 'plimsoll',
    options,
  });
  // A connection that breaks while idle is dropped by the pool; the next statement makes a new one.
  pool.on('error', () => {});
  const sql = sessionSql({ once: sessionOf(pool), hold: (work) => hold(pool, work) });
  let closing: Promise<void> | null = null;
  return {
    ...sql,
    [Symbol.asyncDispose]: () => (closing ??= pool.end()),
  };
}

/** Our settings join those in the URL's own `options`, which would take their place. */
function split(url: string): { readonly connectionString: string; readonly options: string } {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Fault('input/invalid', 'The database URL is not of the form postgres://user:password@host:port/database');
  }
  const plain = new URL(url);
  const own = plain.searchParams.get('options');
  plain.searchParams.delete('options');
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return { connectionString: plain.href, options: [...ours, ...(own === null ? [] : [own])].join(' ') };
}

async function hold<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let broken = false;
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  const control = async (text: string): Promise<string> => {
    try {
      return (await client.query(text)).command;
    } catch (thrown) {
      broken = true;
      throw faultOf(thrown, text);
    }
  };
  try {
    await control('begin');
    let result: T;
    try {
      result = await work(sessionOf(client));
    } catch (thrown) {
      // A rollback that fails takes the connection with it, which has the same end; what is thrown is the first failure.
      await control('rollback').catch(() => {});
      throw thrown;
    }
    if ((await control('commit')) === 'ROLLBACK') throw brokenCommit();
    return result;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (thrown) {
    throw faultOf(thrown, 'begin');
  }
}

/** Every type comes as the text PostgreSQL sent. */
const asText = { getTypeParser: () => (text: string) => text };

function sessionOf(client: pg.Pool | pg.PoolClient): Session {
  return async (text, values) => {
    const result = await client.query<(string | null)[]>({
      text,
      values: [...values],
      rowMode: 'array',
      types: asText as unknown as pg.CustomTypesConfig,
    });
    return { fields: result.fields.map((field) => ({ name: field.name, type: field.dataTypeID })), rows: result.rows };
  };
}
