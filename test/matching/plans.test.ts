import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeAdvisories } from '#feeds/advisory-store.ts';
import { recordChunks } from '#feeds/record-chunks.ts';
import { storedAdvisory } from '#feeds/stored-record.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { statement } from '#matching/judge.ts';
import { packageSets } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import type { Sql, SqlParameters } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const records = Array.from({ length: 3000 }, (_, at) =>
  advisory(`GHSA-${at}`, [{ name: `p${at % 300}`, fixed: `${2 + (at % 5)}.0.0` }]),
);
const packages = Array.from({ length: 200 }, (_, at) =>
  somePackage({ type: 'npm', name: `p${at}`, version: '1.0.0', purl: `pkg:npm/p${at}@1.0.0` }),
);

/** The plan of a statement in a database that has advisories and packages. */
async function planOf(text: string, parameters: (sets: readonly string[]) => SqlParameters): Promise<string> {
  let plan: readonly { 'QUERY PLAN': string }[] = [];
  await inRollback(async (sql: Sql) => {
    using world = syncWorld(sql);
    const { sets } = packageSets(someReport(packages));
    await storePackageSets(sql, sets);
    await syncGroup(world, fakeFeed('fake', records), 'fake');
    for (const table of ['affected', 'advisory', 'name', 'package', 'package_set']) await sql.query(`analyze ${table}`);
    // Small tables are read whole and hashed, those that were never vacuumed by bitmaps: what large ones need is asked for.
    for (const way of ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin'])
      await sql.query('select set_config(:way::text, $$off$$, true) as set', { way });
    plan = await sql.query(`explain (costs off) ${text}`, parameters(sets.map(({ digest }) => digest)));
  });
  return plan.map((row) => row['QUERY PLAN']).join('\n');
}

/** What is done at a table or index, wherever it stands in the plan. */
const conditions = (plan: string, scan: string) =>
  [...plan.matchAll(new RegExp(`${scan}.*\\n\\s+(.*)`, 'g'))].map(([, line]) => line ?? '');

test('judging reads rows of affected from the covering index alone, by name and by the end of intervals', async () => {
  const plan = await planOf(statement, (sets) => ({
    sets: JSON.stringify(sets),
    limit: 3000,
    package: 0,
    affected: 0,
  }));
  const [probe = ''] = conditions(plan, 'Index Only Scan using affected_current');
  assert.match(probe, /Index Cond: \(\(name_id = .*\) AND \(hi_key > .*\)\)/, plan);
  assert.doesNotMatch(plan, /Seq Scan on (?:affected|package|advisory|name)\b/, plan);
});

test('a delta reads the rows of its advisories, and of packages only those within the bounds that came or went', async () => {
  const changed = records.slice(0, 500).flatMap((one) => storedAdvisory(one).stored ?? []);
  const { value: chunk } = await recordChunks(stream(changed)).next();
  const asked: (readonly [string, SqlParameters])[] = [];
  const query: Sql['query'] = async (text, parameters = {}) => {
    asked.push([text, parameters]);
    return [];
  };
  await writeAdvisories({ query, transaction: refuse }, { feed: 'fake', group: 'fake' }, chunk!, 1, 0);
  const [write, parameters] = asked.at(-1)!;
  const plan = await planOf(write, () => parameters);
  assert.match(
    conditions(plan, 'Index (?:Only )?Scan using package_key').join('\n'),
    /\(name_id = .*\) AND \(version_key >= .*\) AND \(version_key < .*\)/,
    plan,
  );
  assert.match(conditions(plan, '(?:using|on) affected_advisory').join('\n'), /advisory_id = /, plan);
  assert.doesNotMatch(plan, /Seq Scan on (?:affected|package|advisory|name)\b/, plan);
});

async function refuse(): Promise<never> {
  throw new Error('one statement writes a chunk');
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
