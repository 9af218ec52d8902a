import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import type { SqlRow } from '#platform/sql.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import type { Verdict, VerdictAction } from '#schema/verdict.ts';
import { readBundleDocument } from './bundle-document.ts';

export type VerdictWorld = Pick<Platform, 'sql' | 'blobs' | 'clock'>;

/** Whose verdict it is: one history each. */
export interface VerdictPlace {
  readonly account: string;
  readonly digest: string;
  readonly tag: string;
  /** The bundle's id. */
  readonly policyId: string;
}

/** One change of what a verdict says; times are milliseconds since the epoch. */
export interface VerdictRecord extends VerdictPlace {
  readonly verdictNo: number;
  readonly action: VerdictAction;
  readonly reason: Verdict['actionReason'];
  /** Blob key of the whole verdict. */
  readonly detail: string;
  readonly createdAt: number;
  /** The last time that it was evaluated and said the same, to the minute. */
  readonly evaluatedAt: number;
}

/** A verdict with the bundle that it was reached by. */
export interface VerdictDetail {
  readonly verdict: Verdict;
  readonly bundle: PolicyBundle;
}

/** What storing a verdict did; `previous` is the action before, null for the first. */
export type Stored =
  | { readonly kind: 'changed'; readonly record: VerdictRecord; readonly previous: VerdictAction | null }
  | { readonly kind: 'same'; readonly record: VerdictRecord };

/** Every column of a verdict, for {@link verdictOf}. */
export const verdictColumns =
  'verdict_no, account, digest, tag, policy_id, action, reason, detail, created_at, evaluated_at';

/**
 * Stores a verdict reached by the stored bundle of this key: a new row when it, or the bundle, differs from the latest of its account,
 * image, tag and bundle. Storing the same twice leaves one row, of which at most the time moves. `latest` is what was the latest when
 * the evaluation began; when it says the same already, nothing else is asked. Throws `state/not-found` when the account does not have the image.
 */
export async function storeVerdict(
  world: VerdictWorld,
  place: VerdictPlace,
  { verdict, bundle }: { readonly verdict: Verdict; readonly bundle: string },
  latest: VerdictRecord | null,
): Promise<Stored> {
  const { hash, key, document } = documentOf(verdict, bundle);
  if (latest?.detail === key) return { kind: 'same', record: await seenAgain(world, latest) };
  await world.blobs.put(key, await compress(document));
  const row = await world.sql.transaction(async (tx) => {
    // Two evaluations at the same time take turns: the second one sees what the first one stored.
    const image = await tx.query(
      'select image_no from image where account = :account::text and digest = :digest::text for update',
      { account: place.account, digest: place.digest },
    );
    if (image.length === 0) {
      throw new Fault('state/not-found', `storing the verdict on ${place.digest}: the account has no such image`);
    }
    const rows = await tx.query(
      `with latest as (
         select verdict_no, action, hash from verdict
         where account = :account::text and digest = :digest::text and tag = :tag::text and policy_id = :policy::text
         order by verdict_no desc limit 1
       ), moved as (
         update verdict set evaluated_at = greatest(evaluated_at, :now::bigint)
         where verdict_no = (select verdict_no from latest where hash = :hash::text)
         returning ${verdictColumns}
       ), added as (
         insert into verdict (account, digest, tag, policy_id, action, reason, hash, detail, created_at, evaluated_at)
         select :account::text, :digest::text, :tag::text, :policy::text, :action::text, :reason::text, :hash::text,
                :key::text, :now::bigint, :now::bigint
         where not exists (select 1 from latest where hash = :hash::text)
         returning ${verdictColumns}
       )
       select ${verdictColumns}, false as added, null as previous from moved
       union all
       select ${verdictColumns}, true as added, (select action from latest) as previous from added`,
      {
        account: place.account,
        digest: place.digest,
        tag: place.tag,
        policy: place.policyId,
        action: verdict.action,
        reason: verdict.actionReason,
        hash,
        key,
        now: world.clock.now(),
      },
    );
    return rows[0]!;
  });
  const record = verdictOf(row);
  if (row['added'] !== true) return { kind: 'same', record };
  return { kind: 'changed', record, previous: row['previous'] as VerdictAction | null };
}

/** Keeps a verdict reached by the stored bundle of a key as {@link storeVerdict} does, without a row. */
export async function putVerdictDocument(world: Pick<Platform, 'blobs'>, verdict: Verdict, bundle: string) {
  const { hash, key, document } = documentOf(verdict, bundle);
  await world.blobs.put(key, await compress(document));
  return { hash, key };
}

function documentOf(verdict: Verdict, bundle: string) {
  const document = Buffer.from(JSON.stringify({ verdict, bundle } satisfies StoredDetail));
  const hash = digestHex(digestOf(document));
  return { hash, key: `verdicts/${hash}.json.zst`, document };
}

/** Milliseconds: whoever asks often gets the same answer often, and makes no row move each time. */
const minute = 60_000;

/** The record with the time of now; one that was seen less than a minute ago stays as it is. */
async function seenAgain({ sql, clock }: VerdictWorld, latest: VerdictRecord): Promise<VerdictRecord> {
  const now = clock.now();
  if (now - latest.evaluatedAt < minute) return latest;
  const rows = await sql.query(
    `update verdict set evaluated_at = greatest(evaluated_at, :now::bigint) where verdict_no = :no::bigint returning ${verdictColumns}`,
    { no: latest.verdictNo, now },
  );
  return rows[0] === undefined ? latest : verdictOf(rows[0]);
}

/** The latest verdict, or null when there is none. */
export async function latestVerdict(world: VerdictWorld, place: VerdictPlace): Promise<VerdictRecord | null> {
  return (await verdictHistory(world, place, { limit: 1 }))[0] ?? null;
}

/** Up to `limit` (at most 500) verdicts, newest first, before the row number `before`. */
export async function verdictHistory(
  world: Pick<Platform, 'sql'>,
  place: VerdictPlace,
  page: { readonly before?: number; readonly limit?: number } = {},
): Promise<readonly VerdictRecord[]> {
  const rows = await world.sql.query(
    `select ${verdictColumns} from verdict
     where account = :account::text and digest = :digest::text and tag = :tag::text and policy_id = :policy::text
       and verdict_no < :before::bigint
     order by verdict_no desc limit :limit::int`,
    {
      account: place.account,
      digest: place.digest,
      tag: place.tag,
      policy: place.policyId,
      before: page.before ?? Number.MAX_SAFE_INTEGER,
      limit: Math.min(page.limit ?? 100, 500),
    },
  );
  return rows.map(verdictOf);
}

/** The whole verdict of a row, with its bundle. */
export async function readVerdict(world: Pick<Platform, 'blobs'>, record: VerdictRecord): Promise<VerdictDetail> {
  const bytes = await readBlob(world.blobs, record.detail);
  if (bytes === null) {
    throw new Fault(
      'data/corrupt',
      `reading the verdict on ${record.digest}: its document ${record.detail} is missing`,
    );
  }
  const { verdict, bundle } = JSON.parse((await decompress(bytes)).toString()) as StoredDetail;
  return { verdict, bundle: await readBundleDocument(world, bundle) };
}

interface StoredDetail {
  readonly verdict: Verdict;
  /** Key of the bundle's document. */
  readonly bundle: string;
}

const compress = promisify(zstdCompress) as (bytes: Uint8Array) => Promise<Buffer>;
const decompress = promisify(zstdDecompress) as (bytes: Uint8Array) => Promise<Buffer>;

/** A verdict's record from its row. */
export function verdictOf(row: SqlRow): VerdictRecord {
  return {
    verdictNo: Number(row['verdict_no']),
    account: String(row['account']),
    digest: String(row['digest']),
    tag: String(row['tag']),
    policyId: String(row['policy_id']),
    action: row['action'] as VerdictAction,
    reason: row['reason'] as Verdict['actionReason'],
    detail: String(row['detail']),
    createdAt: Number(row['created_at']),
    evaluatedAt: Number(row['evaluated_at']),
  };
}
