import { Fault } from '#core/fault.ts';
import { type CheckedStatement, checkedSql } from '../checked-sql.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { sqlFault } from '../sql-fault.ts';
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

/** The Sql port over the sessions of a driver: everything that PGlite and pg have in common. */
export function sessionSql(sessions: Sessions): Sql {
  return checkedSql({
    once: (checked) => run(sessions.once, checked),
    hold: (work) => sessions.hold((session) => work((checked) => run(session, checked))),
  });
}

async function run(session: Session, { statement, text, parameters }: CheckedStatement): Promise<readonly SqlRow[]> {
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

/** What an error of the driver says: sqlFault for those of the server, `sql/unavailable` for a connection that is not there. */
export function faultOf(thrown: unknown, statement: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const error = thrown as { readonly [key: string]: unknown; readonly errors?: readonly Error[] };
  const said = String(error['message'] || error.errors?.map((part) => part.message).join('; ') || thrown);
  const sqlstate = 'severity' in error && typeof error['code'] === 'string' ? error['code'] : null;
  if (sqlstate === null) return new Fault('sql/unavailable', `The database cannot be reached: ${said}`);
  const names: Record<string, string> = {};
  for (const key of ['constraint', 'table', 'column']) {
    const name = error[key];
    if (typeof name === 'string') names[key] = name;
  }
  return sqlFault({ sqlstate, said, names }, statement);
}
