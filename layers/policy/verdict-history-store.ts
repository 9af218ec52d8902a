import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { Sql } from '#platform/sql.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import type { Verdict } from '#schema/verdict.ts';
import { putBundleDocument } from './bundle-document.ts';
import { putVerdictDocument, readVerdict, verdictColumns, verdictOf } from './verdict-store.ts';

/** A verdict of an image with everything that it said, to be kept elsewhere. Times are milliseconds since the epoch. */
export interface PastVerdict {
  readonly tag: string;
  readonly policyId: string;
  readonly createdAt: number;
  readonly evaluatedAt: number;
  readonly verdict: Verdict;
  readonly bundle: PolicyBundle;
}

/** Every verdict on an image, under whatever tag and bundle, newest first; those whose documents are lost are left out. */
export async function* pastVerdicts(
  world: Pick<Platform, 'sql' | 'blobs'>,
  account: string,
  digest: string,
): AsyncGenerator<PastVerdict> {
  for (let before = Number.MAX_SAFE_INTEGER, full = true; full; ) {
    const rows = await world.sql.query(
      `select ${verdictColumns} from verdict where account = :account::text and digest = :digest::text and verdict_no < :before::bigint
       order by verdict_no desc limit :limit::int`,
      { account, digest, before, limit: pageSize },
    );
    for (const record of rows.map(verdictOf)) {
      const { tag, policyId, createdAt, evaluatedAt, verdictNo } = record;
      before = verdictNo;
      const detail = await readVerdict(world, record).catch((thrown: unknown) => {
        if (thrown instanceof Fault && thrown.code === 'data/corrupt') return null;
        throw thrown;
      });
      if (detail !== null) yield { tag, policyId, createdAt, evaluatedAt, ...detail };
    }
    full = rows.length === pageSize;
  }
}

/** Verdicts of one statement. */
const pageSize = 50;

/** Where the documents of a verdict are stored again, and what its row says. */
export interface StoredPast {
  readonly tag: string;
  readonly policy: string;
  readonly action: string;
  readonly reason: string;
  readonly hash: string;
  readonly detail: string;
  readonly created: number;
  readonly evaluated: number;
}

/** Stores the documents of a verdict under keys that name their content; its row is for {@link insertVerdicts}. */
export async function putPastVerdict(world: Pick<Platform, 'blobs'>, past: PastVerdict): Promise<StoredPast> {
  const bundle = await putBundleDocument(world, past.bundle);
  const { hash, key } = await putVerdictDocument(world, past.verdict, bundle);
  const { action, actionReason: reason } = past.verdict;
  const { tag, policyId: policy, createdAt: created, evaluatedAt: evaluated } = past;
  return { tag, policy, action, reason, hash, detail: key, created, evaluated };
}

/** Gives an image of the catalog verdicts that it had, the oldest first, in place of those that it has; at most 1,000. */
export async function insertVerdicts(
  sql: Sql,
  account: string,
  digest: string,
  past: readonly StoredPast[],
): Promise<void> {
  await sql.query('delete from verdict where account = :account::text and digest = :digest::text', { account, digest });
  await sql.query(
    `insert into verdict (account, digest, tag, policy_id, action, reason, hash, detail, created_at, evaluated_at)
     select :account::text, :digest::text, v.tag, v.policy, v.action, v.reason, v.hash, v.detail, v.created, v.evaluated
     from jsonb_array_elements(:past::jsonb) with ordinality as j (one, place),
       jsonb_to_record(j.one) as v (tag text, policy text, action text, reason text, hash text, detail text, created bigint, evaluated bigint)
     order by j.place`,
    { account, digest, past: JSON.stringify(past) },
  );
}
