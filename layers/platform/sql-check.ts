import { Fault } from '#core/fault.ts';
import type { SqlParameters, SqlRow, SqlValue } from './sql.ts';
import { readSqlText, type SqlText } from './sql-text.ts';

/** Bounds of the RDS Data API: request body, answer, row of an answer. Bytes. */
export const sqlLimits = { request: 4 * 1024 * 1024, result: 1024 * 1024, row: 64 * 1024 } as const;

/** Room for the fields of a request beside statement and parameters (ARNs, database, transaction id, notation). */
const requestOverhead = 4096;

/** Statements that speak of a session, which does not last from one call to the next. */
const refusedVerbs: Readonly<Record<string, string>> = {
  begin: 'use transaction()',
  start: 'use transaction()',
  commit: 'use transaction()',
  end: 'use transaction()',
  rollback: 'throw in transaction()',
  abort: 'throw in transaction()',
  savepoint: 'use transaction() inside the transaction',
  release: 'use transaction() inside the transaction',
  set: "use select set_config('name', 'value', true) inside a transaction",
  reset: 'leave it out, no setting lasts longer than a transaction',
  discard: 'leave it out',
  listen: 'use a queue',
  unlisten: 'use a queue',
  notify: 'use a queue',
  copy: 'insert from one jsonb parameter with jsonb_to_recordset',
  prepare: 'give the statement itself',
  execute: 'give the statement itself',
  deallocate: 'leave it out',
  declare: 'use keyset pages',
  fetch: 'use keyset pages',
  move: 'use keyset pages',
  close: 'use keyset pages',
};

/**
 * The statement read, after every rule of the Sql port for what goes in has been kept; throws `sql/refused` that says which
 * one was broken and what to do. Messages hold names and the beginning of the statement, never a value.
 */
export function checkStatement(statement: string, parameters: SqlParameters): SqlText {
  const text = readCached(statement);
  const refuse = (what: string): never => {
    throw new Fault('sql/refused', `${what} (statement: ${excerpt(statement)})`);
  };
  if (text.statements.length === 0) refuse('There is no statement in the SQL text; give one');
  if (text.statements.length > 1) {
    refuse(
      `There are ${text.statements.length} statements in one call; give one a call, inside transaction() if need be`,
    );
  }
  const instead = Object.hasOwn(refusedVerbs, text.verb) ? refusedVerbs[text.verb] : undefined;
  if (instead !== undefined) refuse(`'${text.verb}' needs a session that lasts; ${instead}`);
  if (text.positional !== null) refuse(`Positional parameter ${text.positional}; name it and cast it: :name::type`);
  for (const { name, cast } of text.uses) {
    if (cast === null)
      refuse(`Parameter :${name} has no type; cast it where it stands: :${name}::text, ::bigint, ::jsonb, ...`);
    if (!Object.hasOwn(parameters, name)) refuse(`Parameter :${name} is missing; give it, null if need be`);
  }
  let size = requestOverhead + Buffer.byteLength(statement);
  for (const [name, value] of Object.entries(parameters)) {
    if (!text.uses.some((use) => use.name === name))
      refuse(`Parameter :${name} does not occur in the statement; leave it out`);
    const problem = problemOf(value);
    if (problem !== null) refuse(`Parameter :${name} ${problem}`);
    size += name.length + 40 + requestBytes(value);
  }
  if (size > sqlLimits.request)
    refuse(`The request has about ${size} bytes, 4 MiB are allowed; split it into several calls`);
  return text;
}

/** Counts an answer while it is read; throws `sql/result-too-large` as soon as a row or the whole passes its limit. */
export function startResultCheck(statement: string): (row: SqlRow) => void {
  let total = 0;
  let rows = 0;
  return (row) => {
    rows++;
    let bytes = 0;
    for (const value of Object.values(row)) {
      bytes += plainBytes(value);
      total += 20 + (typeof value === 'string' ? jsonBytes(value) : plainBytes(value) * 1.34);
    }
    if (bytes > sqlLimits.row) {
      throw new Fault(
        'sql/result-too-large',
        `Row ${rows} of the answer has ${bytes} bytes, 64 KiB are allowed; ask for fewer columns, or keep the document in a blob (statement: ${excerpt(statement)})`,
      );
    }
    if (total > sqlLimits.result) {
      throw new Fault(
        'sql/result-too-large',
        `The answer passes 1 MiB at row ${rows}; ask for smaller pages (statement: ${excerpt(statement)})`,
      );
    }
  };
}

/** The beginning of a statement on one line, for messages; literals of more than a few characters are cut out. */
export function excerpt(statement: string): string {
  const line = statement
    .slice(0, 1000)
    .replace(/'(?:[^']|''){20,}'/g, "'...'")
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 120 ? `${line.slice(0, 120)} ...` : line;
}

const read = new Map<string, SqlText>();

/** Statements are constants of the program: each is read once. */
function readCached(statement: string): SqlText {
  const known = read.get(statement);
  if (known !== undefined) return known;
  const text = readSqlText(statement);
  if (statement.length < 65_536) {
    if (read.size >= 1000) read.clear();
    read.set(statement, text);
  }
  return text;
}

function problemOf(value: SqlValue): string | null {
  if (value === null || typeof value === 'boolean' || value instanceof Uint8Array) return null;
  if (typeof value === 'string') {
    return value.includes('\0') ? 'holds a NUL character, which PostgreSQL has no text for; take it out' : null;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return `is ${value}; give a finite number, or text`;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'is an integer beyond 2^53; give it as text';
    return null;
  }
  if (Array.isArray(value)) return 'is an array; give JSON.stringify(it), cast to jsonb';
  if (value === undefined) return 'is undefined; give null';
  return `is of type ${typeof value}; give text, a number, a boolean, null or bytes; records as JSON.stringify(it), cast to jsonb`;
}

function requestBytes(value: SqlValue): number {
  if (value instanceof Uint8Array) return Math.ceil(value.length / 3) * 4;
  return typeof value === 'string' ? jsonBytes(value) : 24;
}

function plainBytes(value: SqlValue): number {
  if (value instanceof Uint8Array) return value.length;
  return typeof value === 'string' ? Buffer.byteLength(value) : 8;
}

/** Length of the text as JSON in UTF-8; exact, without building the JSON. */
function jsonBytes(text: string): number {
  let bytes = Buffer.byteLength(text) + 2;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22 || c === 0x5c) bytes += 1;
    else if (c < 0x20) bytes += c === 8 || c === 9 || c === 10 || c === 12 || c === 13 ? 1 : 5;
  }
  return bytes;
}
