import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import type { LogEvent } from '#schema/event-log.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { putBundleDocument, readBundleDocument } from './bundle-document.ts';
import { defaultBundle } from './default-bundle.ts';

export type BundleWorld = Pick<Platform, 'sql' | 'blobs' | 'clock'>;

/** What is known of a stored bundle; times are milliseconds since the epoch. */
export interface BundleRecord {
  readonly account: string;
  readonly policyId: string;
  readonly active: boolean;
  /** Blob key of the document, named by its content: another document, another key. */
  readonly key: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredBundle extends BundleRecord {
  /** As it was stored; it was parsed then. */
  readonly bundle: PolicyBundle;
}

/** Stores a parsed bundle under its id, in place of an older one; a new one is not active. Another content of the active one is told. */
export async function putBundle(world: BundleWorld, account: string, bundle: PolicyBundle): Promise<BundleRecord> {
  const key = await putBundleDocument(world, bundle);
  const now = world.clock.now();
  return world.sql.transaction(async (tx) => {
    const before = (await lockBundles(tx, account, bundle.id)).find(({ policyId }) => policyId === bundle.id);
    const record = await upsertBundle(tx, account, bundle.id, key, now);
    if (record.active && before !== undefined && before.key !== key)
      await raiseEvents(tx, 'policy_engine', [contentChanged(record, before, now)]);
    return record;
  });
}

async function upsertBundle(tx: Sql, account: string, policy: string, key: string, now: number): Promise<BundleRecord> {
  const rows = await tx.query(
    `insert into policy_bundle (account, policy_id, active, bundle, created_at, updated_at)
     values (:account::text, :policy::text, false, :key::text, :now::bigint, :now::bigint)
     on conflict (account, policy_id) do update
       set updated_at = case when policy_bundle.bundle = excluded.bundle then policy_bundle.updated_at else excluded.updated_at end,
           bundle = excluded.bundle
     returning account, policy_id, active, bundle, created_at, updated_at`,
    { account, policy, key, now },
  );
  return bundleOf(rows[0]!);
}

/** The active bundle of an account and the one of an id, which nobody changes until the transaction ends. */
async function lockBundles(tx: Sql, account: string, policy: string): Promise<readonly BundleRecord[]> {
  const rows = await tx.query(
    `select account, policy_id, active, bundle, created_at, updated_at from policy_bundle
     where account = :account::text and (active or policy_id = :policy::text) order by policy_id for update`,
    { account, policy },
  );
  return rows.map(bundleOf);
}

/** The bundle of an id, or null. */
export async function getBundle(world: BundleWorld, account: string, policyId: string): Promise<StoredBundle | null> {
  const rows = await world.sql.query(
    `select account, policy_id, active, bundle, created_at, updated_at from policy_bundle
     where account = :account::text and policy_id = :policy::text`,
    { account, policy: policyId },
  );
  return rows[0] === undefined ? null : withDocument(world, bundleOf(rows[0]));
}

/** The bundle by which the account's images are judged, or null. */
export async function activeBundle(world: BundleWorld, account: string): Promise<StoredBundle | null> {
  const rows = await world.sql.query(
    `select account, policy_id, active, bundle, created_at, updated_at from policy_bundle
     where account = :account::text and active`,
    { account },
  );
  return rows[0] === undefined ? null : withDocument(world, bundleOf(rows[0]));
}

/** Up to `limit` (at most 500) bundles with ids after `after`, by id. */
export async function listBundles(
  world: Pick<Platform, 'sql'>,
  account: string,
  page: { readonly after?: string; readonly limit?: number } = {},
): Promise<readonly BundleRecord[]> {
  const rows = await world.sql.query(
    `select account, policy_id, active, bundle, created_at, updated_at from policy_bundle
     where account = :account::text and policy_id > :after::text
     order by policy_id limit :limit::int`,
    { account, after: page.after ?? '', limit: Math.min(page.limit ?? 100, 500) },
  );
  return rows.map(bundleOf);
}

/** Makes a bundle the active one and all others inactive, at once, and tells it; throws `state/not-found` when there is no such bundle. */
export async function activateBundle(world: BundleWorld, account: string, policyId: string): Promise<BundleRecord> {
  const now = world.clock.now();
  return world.sql.transaction(async (tx) => {
    const before = (await lockBundles(tx, account, policyId)).find(({ active }) => active) ?? null;
    const record = await moveActive(tx, account, policyId, now);
    if (before?.policyId !== policyId) await raiseEvents(tx, 'policy_engine', [activeMoved(record, before, now)]);
    return record;
  });
}

async function moveActive(tx: Sql, account: string, policyId: string, now: number): Promise<BundleRecord> {
  // `others` is read in the second part, so it is done before: the unique index never sees two active bundles. It touches
  // inactive ones too, so that two activations at the same time wait for each other.
  const rows = await tx.query(
    `with target as (
       select policy_id from policy_bundle where account = :account::text and policy_id = :policy::text
     ), others as (
       update policy_bundle set active = false,
              updated_at = case when active then :now::bigint else updated_at end
       where account = :account::text and policy_id <> (select policy_id from target)
       returning 1
     )
     update policy_bundle set active = true,
            updated_at = case when active then updated_at else :now::bigint end
     where account = :account::text and policy_id = :policy::text and (select count(*) from others) >= 0
     returning account, policy_id, active, bundle, created_at, updated_at`,
    { account, policy: policyId, now },
  );
  if (rows[0] === undefined)
    throw new Fault('state/not-found', `activating policy '${policyId}': there is no such policy`);
  return bundleOf(rows[0]);
}

/** Removes a bundle that is not active. */
export async function deleteBundle(
  world: BundleWorld,
  account: string,
  policyId: string,
): Promise<'deleted' | 'active' | 'absent'> {
  const rows = await world.sql.query(
    `with gone as (
       delete from policy_bundle where account = :account::text and policy_id = :policy::text and not active returning 1
     )
     select (select count(*) from gone)::int as gone,
            (select count(*) from policy_bundle where account = :account::text and policy_id = :policy::text)::int as found`,
    { account, policy: policyId },
  );
  if (rows[0]?.['gone'] === 1) return 'deleted';
  return rows[0]?.['found'] === 1 ? 'active' : 'absent';
}

/** Gives an account that has no bundle the default one, active; called as often as one likes. */
export async function ensureDefaultBundle(world: BundleWorld, account: string): Promise<void> {
  const key = await putBundleDocument(world, defaultBundle);
  await world.sql.query(
    `insert into policy_bundle (account, policy_id, active, bundle, created_at, updated_at)
     select :account::text, :policy::text, true, :key::text, :now::bigint, :now::bigint
     where not exists (select 1 from policy_bundle where account = :account::text)
     on conflict do nothing`,
    { account, policy: defaultBundle.id, key, now: world.clock.now() },
  );
}

async function withDocument(world: BundleWorld, record: BundleRecord): Promise<StoredBundle> {
  return { ...record, bundle: await readBundleDocument(world, record.key) };
}

function activeMoved({ account, policyId }: BundleRecord, before: BundleRecord | null, at: number): LogEvent {
  const previous = before?.policyId ?? null;
  return {
    ...{ id: `${previous} ${at}`, account, type: 'user.policy.active.updated', resource: policyId, at },
    details: { policyId, previous },
  };
}

function contentChanged({ account, policyId, key }: BundleRecord, before: BundleRecord, at: number): LogEvent {
  return {
    ...{ id: `${before.key} ${at}`, account, type: 'user.policy.active.content_change', resource: policyId, at },
    details: { policyId, digest: digestIn(key), previous: digestIn(before.key) },
  };
}

/** Documents are named by their content. */
function digestIn(key: string): string | null {
  return /[0-9a-f]{64}/.exec(key)?.[0] ?? null;
}

/** A bundle's record from its row. */
export function bundleOf(row: SqlRow): BundleRecord {
  return {
    account: String(row['account']),
    policyId: String(row['policy_id']),
    active: row['active'] === true,
    key: String(row['bundle']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}
