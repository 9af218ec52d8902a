import { Fault } from '#core/fault.ts';
import type { PackageType } from '#core/ecosystem.ts';
import type { Sql } from '#platform/sql.ts';
import type { Correction } from './correction.ts';

/** A correction as it is stored. */
export interface StoredCorrection extends Correction {
  readonly id: string;
  readonly description: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

const mostOfAccount = 1000;

/** One may have some 15 KB: fields are of any script. */
const pageSize = 50;

/** Every correction of an account, the oldest first; at most 1,000. */
export async function correctionsOf(sql: Sql, account: string): Promise<readonly StoredCorrection[]> {
  const all: StoredCorrection[] = [];
  for (;;) {
    const { createdAt: at, id } = all.at(-1) ?? { createdAt: -1, id: '' };
    const rows = await sql.query<Row>(
      `select id, type, matches, replaces, description, created_at from correction
       where account = :account::text and (created_at, id) > (:at::bigint, :id::text)
       order by created_at, id limit :limit::int`,
      { account, at, id, limit: pageSize },
    );
    all.push(...rows.map(correctionOf));
    if (rows.length < pageSize) return all;
  }
}

/** The correction of an id, or null. */
export async function findCorrection(sql: Sql, account: string, id: string): Promise<StoredCorrection | null> {
  const [row] = await sql.query<Row>(
    `select id, type, matches, replaces, description, created_at from correction
     where account = :account::text and id = :id::text`,
    { account, id },
  );
  return row === undefined ? null : correctionOf(row);
}

function correctionOf(row: Row): StoredCorrection {
  return {
    id: row.id,
    type: row.type as PackageType,
    matches: JSON.parse(row.matches),
    replaces: JSON.parse(row.replaces),
    description: row.description,
    createdAt: row.created_at,
  };
}

type Row = {
  id: string;
  type: string;
  matches: string;
  replaces: string;
  description: string;
  created_at: number;
};

/** Stores a new correction and gives its id. Throws `input/too-large` when the account has 1,000. */
export async function addCorrection(
  sql: Sql,
  account: string,
  { type, matches, replaces }: Correction,
  { description, now }: { readonly description: string; readonly now: number },
): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    `insert into correction (account, id, type, matches, replaces, description, created_at)
     select :account::text, gen_random_uuid()::text, :type::text, :matches::jsonb, :replaces::jsonb, :description::text, :now::bigint
     where (select count(*) from correction where account = :account::text) < :most::int
     returning id`,
    {
      ...{ account, type, description, now, most: mostOfAccount },
      matches: JSON.stringify(matches),
      replaces: JSON.stringify(replaces),
    },
  );
  if (row === undefined)
    throw new Fault(
      'input/too-large',
      `adding a correction: account ${account} has ${mostOfAccount}; delete some first`,
    );
  return row.id;
}

/** False when the account has none of this id. */
export async function deleteCorrection(sql: Sql, account: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from correction where account = :account::text and id = :id::text returning id',
    {
      account,
      id,
    },
  );
  return rows.length === 1;
}
