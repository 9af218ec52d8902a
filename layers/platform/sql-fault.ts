import { Fault } from '#core/fault.ts';
import { excerpt } from './sql-check.ts';

/** What PostgreSQL said of a statement that it did not run to its end. */
export interface SqlFailure {
  readonly sqlstate: string;
  /** The primary message alone: details and contexts hold values. */
  readonly said: string;
  /** constraint, table and column where they are known. */
  readonly names: Readonly<Record<string, string>>;
}

/**
 * The Fault for an error of PostgreSQL, without the values of parameters, which it quotes in data exceptions (class 22).
 * Lost connections, shutdowns, full disks and conflicts that a second try may win are `sql/unavailable`, all else is
 * `sql/failed`. The SQLSTATE is in the detail.
 */
export function sqlFault({ sqlstate, said, names }: SqlFailure, statement: string): Fault {
  const unavailable = /^(08|28|3D|40|53|55P03|57P|58)/.test(sqlstate);
  const safe = sqlstate.startsWith('22') ? said.replace(/"[\s\S]*"/, '"..."') : said;
  return new Fault(
    unavailable ? 'sql/unavailable' : 'sql/failed',
    `The database ${unavailable ? 'cannot take' : 'refused'} a statement: ${safe}, SQLSTATE ${sqlstate} (statement: ${excerpt(statement)})`,
    { detail: { sqlstate, ...names } },
  );
}

/** A transaction that would be committed although a statement in it failed: it was rolled back. */
export function brokenCommit(): Fault {
  return new Fault(
    'sql/failed',
    'The transaction was rolled back, because a statement in it had failed and the failure was passed over; let it through, or put the statement into a transaction() of its own',
    { detail: { sqlstate: '25P02' } },
  );
}
