import assert from 'node:assert/strict';
import { test } from 'node:test';
import { touchedImages } from '#matching/touched-images.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';

const revision = 8_000_000_000;

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

async function advise(sql: Sql, name: string, from: number, to: number): Promise<void> {
  await sql.query(
    `insert into affected (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, valid_from, valid_to)
     select name_id, 1, 0, 0, 'fixed', '', '\\xff'::bytea, :from::bigint, :to::bigint from name
     where namespace = 'touched' and name = :name::text`,
    { name, from, to },
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
    const touched: string[] = [];
    for await (const { account, digest } of touchedImages(sql, revision)) touched.push(`${account} ${digest}`);
    assert.deepEqual(touched, ['touched came', 'touched went']);
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
    const touched: string[] = [];
    for await (const { digest } of touchedImages(sql, revision)) touched.push(digest);
    assert.deepEqual(touched, ['first', 'last']);
  });
});
