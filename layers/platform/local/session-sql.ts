import { AsyncLocalStorage } from 'node:async_hooks';
import { Fault } from '#core/fault.ts';
import type { Sql, SqlParameters, SqlRow, SqlValue } from '../sql.ts';
import { checkStatement, excerpt } from '../sql-check.ts';
import { replaceParameters } from '../sql-text.ts';
import { decodeRows, type TextAnswer } from './sql-values.ts';

/** One session of a PostgreSQL: runs one statement with `$1..` placeholders, values as PostgreSQL's text or bytes. */
export type Session = (text: string, values: readonly (string | Uint8Array | null)[]) => Promise<TextAnswer>;

/** What a driver gives. Both wait for a session to be free; errors of the server have the SQLSTATE in `code`. */
export interface Sessions {
  /** A statement that is its own transaction. */
  readonly once: Session;
  /**
   * A session of one's own between BEGIN and COMMIT; ROLLBACK when `work` throws. Rejects when COMMIT turned out to be a
   * rollback.
   */
  readonly hold: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
}

/** The rules of the Sql port over the sessions of a driver: everything that PGlite and pg have in common. */
export function sessionSql(sessions: Sessions): Sql {
  const inside = new AsyncLocalStorage<Transaction>();
  const refuseInside = (): void => {
    if (inside.getStore()?.open === true) {
      throw new Fault(
        'sql/refused',
        'A call on the database was made inside an open transaction but not through it, which waits for ever where there is one session; use the Sql that transaction() hands in',
      );
    }
  };
  return {
    async query<R extends SqlRow>(statement: string, parameters: SqlParameters = {}) {
      refuseInside();
      return (await run(sessions.once, statement, parameters)) as readonly R[];
    },
    async transaction(work) {
      refuseInside();
      return sessions.hold(async (session) => {
        const state: Transaction = { session, open: true, busy: false, depth: 0 };
        try {
          return await inside.run(state, () => work(transactionSql(state, 0)));
        } finally {
          state.open = false;
        }
      });
    },
  };
}

interface Transaction {
  readonly session: Session;
  open: boolean;
  busy: boolean;
  depth: number;
}

/** The Sql inside a transaction; at a depth above 0 it stands for a savepoint. */
function transactionSql(state: Transaction, depth: number): Sql {
  const exclusively = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const refuse = (why: string): never => {
      throw new Fault('sql/refused', `${why} (${what})`);
    };
    if (!state.open || depth > state.depth)
      refuse('The transaction has ended; run the statement before its work resolves');
    if (state.busy) refuse('Another statement of the transaction is still running; await each call before the next');
    state.busy = true;
    try {
      return await work();
    } finally {
      state.busy = false;
    }
  };
  const control = (text: string) => exclusively(text, () => state.session(text, []));
  return {
    async query<R extends SqlRow>(statement: string, parameters: SqlParameters = {}) {
      const what = `statement: ${excerpt(statement)}`;
      return (await exclusively(what, () => run(state.session, statement, parameters))) as readonly R[];
    },
    async transaction(work) {
      const inner = depth + 1;
      const name = `depth_${inner}`;
      await control(`savepoint ${name}`);
      state.depth = inner;
      try {
        const result = await work(transactionSql(state, inner));
        await control(`release savepoint ${name}`);
        return result;
      } catch (thrown) {
        await control(`rollback to savepoint ${name}`);
        await control(`release savepoint ${name}`);
        throw thrown;
      } finally {
        state.depth = depth;
      }
    },
  };
}

async function run(session: Session, statement: string, parameters: SqlParameters): Promise<readonly SqlRow[]> {
  const text = checkStatement(statement, parameters);
  const names = Object.keys(parameters);
  // Parameters arrive typed by their value, as the Data API sends them; the cast of the statement comes after.
  const placed = replaceParameters(
    statement,
    text,
    (name) => `$${names.indexOf(name) + 1}::${typeOf(parameters[name]!)}`,
  );
  const values = names.map((name) => encode(parameters[name]!));
  let answer: TextAnswer;
  try {
    answer = await session(placed, values);
  } catch (thrown) {
    throw faultOf(thrown, statement);
  }
  return decodeRows(answer, statement);
}

function typeOf(value: SqlValue): string {
  if (value instanceof Uint8Array) return 'bytea';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'bigint' : 'float8';
  return 'text';
}

function encode(value: SqlValue): string | Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);
}

/**
 * What an error of the driver says, without the values of parameters, which PostgreSQL quotes in data exceptions (class 22).
 * Lost connections, shutdowns, full disks and conflicts that a second try may win are `sql/unavailable`.
 */
export function faultOf(thrown: unknown, statement: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const error = thrown as { readonly [key: string]: unknown; readonly errors?: readonly Error[] };
  const said = String(error['message'] || error.errors?.map((part) => part.message).join('; ') || thrown);
  const sqlstate = 'severity' in error && typeof error['code'] === 'string' ? error['code'] : null;
  if (sqlstate === null) return new Fault('sql/unavailable', `The database cannot be reached: ${said}`);
  const unavailable = /^(08|28|3D|40|53|55P03|57P|58)/.test(sqlstate);
  const safe = sqlstate.startsWith('22') ? said.replace(/"[\s\S]*"/, '"..."') : said;
  const detail: Record<string, unknown> = { sqlstate };
  for (const key of ['constraint', 'table', 'column']) {
    if (typeof error[key] === 'string') detail[key] = error[key];
  }
  return new Fault(
    unavailable ? 'sql/unavailable' : 'sql/failed',
    `The database ${unavailable ? 'cannot take' : 'refused'} a statement: ${safe}, SQLSTATE ${sqlstate} (statement: ${excerpt(statement)})`,
    { detail },
  );
}

/** How a driver reports that COMMIT found the transaction broken. */
export function brokenCommit(): Fault {
  return new Fault(
    'sql/failed',
    'The transaction was rolled back, because a statement in it had failed and the failure was passed over; let it through, or put the statement into a transaction() of its own',
    { detail: { sqlstate: '25P02' } },
  );
}
