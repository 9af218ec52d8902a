import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unannounced } from '#feeds/unannounced-store.ts';
import { changeSize, setsByIndex, touchedImages } from '#matching/touched-images.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const revision = 8_000_000_000;
const change: Unannounced = {
  ...{ feed: 'test', group: 'touched', after: revision - 1, to: revision, firstLoadedAt: null },
};

async function touched(sql: Sql, of: Unannounced = change): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { account, digest } of touchedImages(sql, of)) found.push(`${account} ${digest}`);
  return found;
}

/** Images, each with one set of one package of its own name; those of `advised` have an advisory that came or went at the revision. */
async function store(sql: Sql, images: readonly { readonly name: string; readonly state: string }[]): Promise<void> {
  await sql.query(
    `insert into account (account, type, state, created_at, updated_at) values ('touched', 'user', 'enabled', 0, 0)`,
  );
  for (const { name, state } of images) {
    await sql.query(
      `with n as (insert into name (namespace, name) values ('touched', :name::text) returning name_id),
         p as (insert into package (name_id, purl, version, rules) select name_id, :name::text, '1', 0 from n returning package_id),
         s as (insert into package_set (digest, packages)
           select decode(md5(:name::text), 'hex'), array[package_id] from p returning set_id),
         i as (insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
           values ('touched', :name::text, '', '', '', '', :state::text, 'active', 0, 0) returning image_no)
       insert into image_set (image_no, set_id) select image_no, set_id from i, s`,
      { name, state },
    );
  }
}

/** An advisory of a name that came at one revision and went at another, as a sync writes it; `logged`: the package was known then. */
async function advise(
  sql: Sql,
  name: string,
  from: number,
  to: number,
  { group = 'touched', logged = true } = {},
): Promise<void> {
  await sql.query(
    `with a as (insert into advisory (feed, feed_group, record, hash, id)
       values ('test', :group::text, :name::text || :from::text, '', '') returning advisory_id),
     f as (insert into affected (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, valid_from, valid_to)
       select name_id, advisory_id, 0, 0, 'fixed', '', '\\xff'::bytea, :from::bigint, :to::bigint from name, a
       where namespace = 'touched' and name = :name::text),
     r as (insert into feed_revision (revision, at, feed, feed_group)
       select r, begun, 'test', :group::text from (values (:from::bigint), (:to::bigint)) as v(r) cross join (select 50 as begun) b
       where r < 9007199254740991 on conflict do nothing)
     insert into package_change (revision, package_id, advisory_id, op)
     select r, package_id, advisory_id, case when r = :from::bigint then 1 else -1 end
     from a, package p join name n using (name_id), (values (:from::bigint), (:to::bigint)) as v(r)
     where :logged::boolean and n.namespace = 'touched' and n.name = :name::text and r < 9007199254740991`,
    { name, from, to, group, logged },
  );
}

test('images are touched by what came and what went at a revision, in their packages, once each', async () => {
  await inRollback(async (sql) => {
    const analyzed = ['came', 'went', 'before', 'none'].map((name) => ({ name, state: 'analyzed' }));
    await store(sql, [...analyzed, { name: 'waiting', state: 'matching' }]);
    await advise(sql, 'came', revision, Number.MAX_SAFE_INTEGER);
    await advise(sql, 'came', 1, revision);
    await advise(sql, 'went', 1, revision);
    await advise(sql, 'before', 1, revision - 1);
    await advise(sql, 'waiting', revision, Number.MAX_SAFE_INTEGER);
    assert.deepEqual(await touched(sql), ['touched came', 'touched went']);
    assert.deepEqual(await changeSize(sql, change), { advisories: 4, opened: 2, closed: 2, packages: 3 });
  });
});

test('an image that was analysed while a sync was at work is touched by every package of a changed name', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      ['older', 'younger'].map((name) => ({ name, state: 'analyzed' })),
    );
    for (const name of ['older', 'younger'])
      await advise(sql, name, revision, Number.MAX_SAFE_INTEGER, { logged: false });
    await sql.query(
      `update image set analyzed_at = case digest when 'older' then 49 else 50 end where account = 'touched'`,
    );
    assert.deepEqual(await touched(sql), ['touched younger']);
  });
});

test('a change spans revisions of its group, and no other group that changed between', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      ['first', 'last', 'above', 'other'].map((name) => ({ name, state: 'analyzed' })),
    );
    await advise(sql, 'first', revision - 4, Number.MAX_SAFE_INTEGER);
    await advise(sql, 'last', revision, Number.MAX_SAFE_INTEGER);
    await advise(sql, 'above', revision + 1, Number.MAX_SAFE_INTEGER);
    await advise(sql, 'other', revision - 2, Number.MAX_SAFE_INTEGER, { group: 'others' });
    const span = { ...change, after: revision - 5 };
    assert.deepEqual(await touched(sql, span), ['touched first', 'touched last']);
    assert.deepEqual(await changeSize(sql, span), { advisories: 2, opened: 2, closed: 0, packages: 2 });
    assert.deepEqual(await touched(sql, { ...span, after: revision - 4 }), ['touched last']);
  });
});

test('the first load of a group touches only images that were judged without it', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      ['without', 'with'].map((name) => ({ name, state: 'analyzed' })),
    );
    for (const name of ['without', 'with']) await advise(sql, name, revision, Number.MAX_SAFE_INTEGER);
    await sql.query(
      `update image set analyzed_at = case digest when 'without' then 99 else 100 end where account = 'touched'`,
    );
    assert.deepEqual(await touched(sql, { ...change, firstLoadedAt: 100 }), ['touched without']);
  });
});

test('a touched image is named by the newest tag that points to it, else by where it was pulled', async () => {
  await inRollback(async (sql) => {
    await store(
      sql,
      ['tagged', 'moved', 'ended'].map((name) => ({ name, state: 'analyzed' })),
    );
    await sql.query(`update image set pull_reference = 'r/app@' || digest where account = 'touched'`);
    await sql.query(
      `insert into image_tag (account, registry, repository, tag, detected_at, digest) values
         ('touched', 'r', 'app', 'old', 1, 'tagged'), ('touched', 'r', 'app', 'new', 2, 'tagged'),
         ('touched', 'r', 'app', 'latest', 3, 'moved'), ('touched', 'r', 'app', 'latest', 4, 'tagged'),
         ('touched', 'r', 'app', 'v0', 5, 'ended'), ('touched', 'r', 'app', 'v0', 6, null)`,
    );
    for (const name of ['tagged', 'moved', 'ended']) await advise(sql, name, revision, Number.MAX_SAFE_INTEGER);
    const references: string[] = [];
    for await (const { reference } of touchedImages(sql, change)) references.push(reference);
    assert.deepEqual(references, ['r/app:latest@tagged', 'r/app@moved', 'r/app@ended']);
  });
});

test('a change touches images beyond the first page', async () => {
  await inRollback(async (sql) => {
    await store(sql, [{ name: 'first', state: 'analyzed' }]);
    await sql.query(
      `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
       select 'touched', 'filler ' || n, '', '', '', '', 'analyzed', 'active', 0, 0 from generate_series(1, 2100) n`,
    );
    await sql.query(
      `with i as (insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
         values ('touched', 'last', '', '', '', '', 'analyzed', 'active', 0, 0) returning image_no)
       insert into image_set (image_no, set_id) select i.image_no, s.set_id from i, package_set s where s.digest = decode(md5('first'), 'hex')`,
    );
    await advise(sql, 'first', revision, Number.MAX_SAFE_INTEGER);
    assert.deepEqual(await touched(sql), ['touched first', 'touched last']);
  });
});

test('sets are read instead of looked up when thousands of packages are touched, and an image is given once for all of them', async () => {
  await inRollback(async (sql) => {
    await store(sql, [
      { name: 'first', state: 'analyzed' },
      { name: 'second', state: 'analyzed' },
      { name: 'none', state: 'analyzed' },
    ]);
    for (const name of ['first', 'second']) await advise(sql, name, revision, Number.MAX_SAFE_INTEGER);
    // The second image has the first's set as well; packages that no image holds are touched beside.
    await sql.query(
      `insert into image_set (image_no, set_id) select i.image_no, s.set_id from image i, package_set s
       where i.digest = 'second' and i.account = 'touched' and s.digest = decode(md5('first'), 'hex')`,
    );
    await sql.query(
      `insert into package_change (revision, package_id, advisory_id, op)
       select :revision::bigint, 1000000000 + n, 1, 1 from generate_series(1, 2500) n`,
      { revision },
    );
    assert.deepEqual(await touched(sql), ['touched first', 'touched second']);
  });
});

test('sets of touched packages are found by their index', async () => {
  await inRollback(async (sql) => {
    await sql.query(
      `insert into package_set (digest, packages)
       select decode(md5('filler ' || n), 'hex'), array[n, n + 1] from generate_series(1, 500) n`,
    );
    await sql.query('analyze package_set');
    // Small tables are read whole, whatever indexes there are.
    await sql.query(`select set_config('enable_seqscan', 'off', true) as set`);
    const { feed, group, after, to } = change;
    const plan = await sql.query<{ 'QUERY PLAN': string }>(`explain ${setsByIndex}`, {
      feed,
      group,
      after,
      to,
      limit: 10,
    });
    assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /Bitmap Index Scan on package_set_packages/);
  });
});
