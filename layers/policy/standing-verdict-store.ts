import type { Sql } from '#platform/sql.ts';
import { type VerdictRecord, verdictOf } from './verdict-store.ts';

/** What the active policy says of an image under a tag, as it was last told. */
export interface StandingVerdict {
  readonly record: VerdictRecord;
  /** How often it was another one. */
  readonly moves: number;
}

/** From the JSON of a row of verdict with `moves` beside its columns. */
export function standingOf(json: string): StandingVerdict {
  const { moves, ...row } = JSON.parse(json);
  return { record: verdictOf(row), moves: Number(moves) };
}

/**
 * Puts a verdict in the place of the one that stood (`was`, null for none); false when another one stands by now, or its bundle is not
 * the active one any more. Whoever activates another bundle at the same time waits until the transaction ends.
 */
export async function replaceStanding(
  tx: Sql,
  { account, digest, tag, policyId, verdictNo }: VerdictRecord,
  bundle: string,
  was: StandingVerdict | null,
): Promise<boolean> {
  const rows = await tx.query(
    `with ruling as materialized (
       select 1 from policy_bundle where account = :account::text and policy_id = :policy::text and active and bundle = :bundle::text
       for share
     )
     insert into standing_verdict as s (account, digest, tag, verdict_no, moves)
     select :account::text, :digest::text, :tag::text, :no::bigint, 0 from ruling
     where :was::int is null or exists (select 1 from standing_verdict
       where account = :account::text and digest = :digest::text and tag = :tag::text)
     on conflict (account, digest, tag) do update set verdict_no = excluded.verdict_no, moves = s.moves + 1
       where s.moves = :was::int
     returning moves`,
    { account, digest, tag, policy: policyId, bundle, no: verdictNo, was: was?.moves ?? null },
  );
  return rows.length === 1;
}
