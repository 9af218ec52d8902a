/** What a parameter may be. Lists and records travel as one JSON text (`JSON.stringify`) cast to jsonb in the statement. */
export type SqlValue = string | number | boolean | null | Uint8Array;

export type SqlParameters = Readonly<Record<string, SqlValue>>;

/** A row of an answer: int8 and numeric within 2^53 are numbers, bytea is Uint8Array, all others (text, json, uuid, date, timestamp, ...) are text. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * PostgreSQL, one statement a call. Every implementation refuses what the RDS Data API refuses, with `sql/refused` or
 * `sql/result-too-large`: more than one statement, a parameter without an explicit cast (`:name::type`), a parameter that
 * is missing or not named in the statement, an array or object as a parameter, a request over 4 MiB, a result over 1 MiB,
 * a row over 64 KiB. Results hold no arrays: cast them to text or use jsonb. Columns of types outside its list (timestamptz,
 * interval, oid, name, enums, row types, ...) are refused as well: cast them to text.
 */
export interface Sql {
  /** Runs one statement and gives its rows. */
  query<R extends SqlRow = SqlRow>(statement: string, parameters?: SqlParameters): Promise<readonly R[]>;
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Calls inside are sequential;
   * never wait for the network inside, an embedded database has one session.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
}

/** A database that can be closed; closing waits for the running statement. */
export interface OpenSql extends Sql, AsyncDisposable {}
