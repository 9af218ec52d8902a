import type { Sql } from '#platform/sql.ts';

/** The vulnerabilities that were told last for a tag. */
export interface ToldFindings {
  readonly tag: string;
  /** The platform of what the tag leads to, or the digest of an image that is watched under it. */
  readonly scope: string;
  /** Of the list of summaries. */
  readonly hash: string;
  /** How often the list was another one. */
  readonly moves: number;
}

/** What was told last for tags (`registry/repository:tag`) of an account. */
export async function toldFindings(
  sql: Sql,
  account: string,
  tags: readonly string[],
): Promise<readonly ToldFindings[]> {
  const found: ToldFindings[] = [];
  for (let at = 0; at < tags.length; at += pageSize) {
    const rows = await sql.query<{ tag: string; scope: string; hash: string; moves: number }>(
      `select tag, scope, hash, moves from told_findings where account = :account::text
         and tag in (select jsonb_array_elements_text(:tags::jsonb))`,
      { account, tags: JSON.stringify(tags.slice(at, at + pageSize)) },
    );
    found.push(...rows);
  }
  return found;
}

/** Tags of one statement: each may have a few rows under 1 kB. */
const pageSize = 100;

/** Puts a list in the place of the one that was told last (`was`, null for none); false when that is another one by now. */
export async function replaceTold(
  tx: Sql,
  account: string,
  { tag, scope }: Pick<ToldFindings, 'tag' | 'scope'>,
  was: ToldFindings | null,
  hash: string,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into told_findings as t (account, tag, scope, hash, moves)
     select :account::text, :tag::text, :scope::text, :hash::text, 0
     where :was::int is null or exists (select 1 from told_findings
       where account = :account::text and tag = :tag::text and scope = :scope::text)
     on conflict (account, tag, scope) do update set hash = excluded.hash, moves = t.moves + 1 where t.moves = :was::int
     returning moves`,
    { account, tag, scope, hash, was: was?.moves ?? null },
  );
  return rows.length === 1;
}

/** Forgets what was told for a tag: what is found next is told of nobody, and what comes after is held against that. */
export async function forgetTold(sql: Sql, account: string, tag: string): Promise<void> {
  await sql.query('delete from told_findings where account = :account::text and tag = :tag::text', { account, tag });
}
