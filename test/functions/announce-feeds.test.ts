import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announceFeeds } from '#functions/announce-feeds.ts';
import type { Sql } from '#platform/sql.ts';
import type { TopicMessage } from '#platform/topic.ts';
import { Fault } from '#core/fault.ts';
import { inRollback } from '#test/support/database.ts';

interface Told {
  readonly group: string;
  readonly after: number;
  readonly revision: number;
  readonly firstLoad: boolean;
  readonly images: number;
  readonly named: readonly unknown[];
}

function worldOf(sql: Sql, refuses: (group: string) => boolean = () => false) {
  const told: Told[] = [];
  const sent: string[][] = [];
  const errors: unknown[] = [];
  const queue = {
    send: async (bodies: readonly string[]) => void sent.push(bodies.map((body) => JSON.parse(body).digest)),
  };
  const world = {
    sql,
    log: {
      info: () => {},
      error: (fact: string, { group } = {} as { group?: unknown }) => void errors.push([fact, group]),
    },
    queues: (name: string) => (name === 'image.matched' ? queue : assert.fail(name)),
    topic: {
      async publish({ text, attributes }: TopicMessage) {
        if (refuses(attributes?.['group'] ?? '')) throw new Fault('network/unreachable', 'the topic is away');
        told.push(JSON.parse(text));
      },
    },
  } as unknown as Parameters<typeof announceFeeds>[0];
  return { world, told, sent, errors };
}

/** A group whose first load had revision 10, and images that hold the package it speaks of, analysed at these moments. */
async function store(sql: Sql, group: string, revision: number, analyzed: readonly number[]): Promise<void> {
  await sql.query(
    `insert into feed_group (feed, feed_group, feed_version, checked_at, state, revision, begun, loaded_at, loaded_revision)
     values ('test', :group::text, 1, 0, 'ok', :revision::bigint, :revision::bigint, 500, 10)`,
    { group, revision },
  );
  await sql.query(
    `with n as (insert into name (namespace, name) values ('announce', :group::text) returning name_id),
       a as (insert into advisory (feed, feed_group, record, hash, id) values ('test', :group::text, 'one', '', '') returning advisory_id),
       p as (insert into package (name_id, purl, version, rules) select name_id, :group::text, '1', 0 from n returning package_id),
       s as (insert into package_set (digest, packages) select decode(md5(:group::text), 'hex'), array[package_id] from p returning set_id),
       f as (insert into affected (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, valid_from)
         select name_id, advisory_id, 0, 0, 'fixed', '', '\\xff'::bytea, r from n, a, unnest(array[10, :revision::bigint]) r where r >= 10),
       i as (insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at, analyzed_at)
         select 'announce', :group::text || ' ' || at || ' ' || n, '', '', '', 'r/app', 'analyzed', 'active', 0, 0, at::bigint
         from jsonb_array_elements_text(:analyzed::jsonb) with ordinality as j(at, n) returning image_no)
     insert into image_set (image_no, set_id) select image_no, set_id from i, s`,
    { group, revision, analyzed: JSON.stringify(analyzed) },
  );
}

function withAccount(work: (sql: Sql) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    // Other tests leave groups in the shared database.
    await sql.query('update feed_group set announced = revision');
    await sql.query(
      `insert into account (account, type, state, created_at, updated_at) values ('announce', 'user', 'enabled', 0, 0)`,
    );
    await work(sql);
  });
}

test('a first load is told only of images that were judged without it, what changed after it of all', () =>
  withAccount(async (sql) => {
    await store(sql, 'late', 12, [499, 501]);
    await store(sql, 'in time', 10, [501]);
    const { world, told, sent } = worldOf(sql);
    assert.equal(await announceFeeds(world), null);
    assert.deepEqual(
      told.map(({ group, after, revision, firstLoad, images }) => ({ group, after, revision, firstLoad, images })),
      [
        { group: 'late', after: 0, revision: 10, firstLoad: true, images: 1 },
        { group: 'late', after: 10, revision: 12, firstLoad: false, images: 2 },
      ],
    );
    assert.deepEqual(sent, [['late 499 1'], ['late 499 1', 'late 501 2']]);
    assert.equal(await announceFeeds(world), null);
    assert.equal(told.length, 2, 'everything was told');
  }));

test('a change that cannot be told holds up no other group, and is told whole by the next call', () =>
  withAccount(async (sql) => {
    await store(sql, 'alpha', 12, [1]);
    await store(sql, 'beta', 12, [1]);
    let away = true;
    const { world, told, errors } = worldOf(sql, (group) => away && group === 'alpha');
    assert.equal((await announceFeeds(world))?.code, 'network/unreachable');
    assert.deepEqual(
      [told.map(({ group }) => group), errors],
      [['beta', 'beta'], [['feed change not announced', 'alpha']]],
    );
    away = false;
    assert.equal(await announceFeeds(world), null);
    assert.deepEqual(
      told.slice(2).map(({ group, after, revision }) => [group, after, revision]),
      [
        ['alpha', 0, 10],
        ['alpha', 10, 12],
      ],
    );
  }));

test('hundreds of images are sent on in batches, and the first twenty are named', () =>
  withAccount(async (sql) => {
    await store(
      sql,
      'many',
      10,
      Array.from({ length: 230 }, () => 1),
    );
    const { world, told, sent } = worldOf(sql);
    await announceFeeds(world);
    assert.deepEqual([told[0]?.images, told[0]?.named.length], [230, 20]);
    assert.deepEqual(
      sent.map(({ length }) => length),
      [100, 100, 30],
    );
  }));
