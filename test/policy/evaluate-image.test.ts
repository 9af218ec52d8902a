import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putImageReport } from '#analysis/image-report-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { moveImage } from '#catalog/image-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import type { Advisory } from '#feeds/advisory.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { judgeAnalyzed } from '#matching/judge-analyzed.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Sql } from '#platform/sql.ts';
import { activateBundle, putBundle } from '#policy/bundle-store.ts';
import { evaluateMatched, evaluateTag } from '#policy/evaluate-image.ts';
import { findGrounds } from '#policy/grounds-store.ts';
import { verdictHistory } from '#policy/verdict-store.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { bundleOf, ruleOf } from './sample-facts.ts';

const account = 'team';
const tag = 'registry.example/app:1';
const digest = digestOf('image');
const index = digestOf('index');
const hole = advisory('GHSA-1', [{ name: 'left-pad', fixed: '2.0.0' }], { severity: 'High' });
const bundle = bundleOf([ruleOf('vulnerabilities', 'package', 'STOP', { package_type: 'all' })]);
const report = someReport([somePackage({ type: 'npm', name: 'left-pad', version: '1.0.0' })], { digest });

interface TestWorld extends ReturnType<typeof syncWorld> {
  readonly blobs: Blobs;
  readonly offline: true;
  readonly feedMaxAgeMs: number;
  readonly limits: Limits;
}

/** An account with a bundle and an image that was analysed and judged; `asked` counts statements. */
async function inWorld(work: (world: TestWorld, asked: () => number) => Promise<void>): Promise<void> {
  await inRollback(async (sql) => {
    let count = 0;
    const counting: Sql = {
      query(statement, parameters) {
        count++;
        return sql.query(statement, parameters);
      },
      transaction(inner) {
        count += 2;
        return sql.transaction(inner);
      },
    };
    using feeds = syncWorld(counting);
    const world: TestWorld = { ...feeds, blobs: memoryBlobs(), offline: true, feedMaxAgeMs: 1, limits: defaultLimits };
    for (const name of [account, 'other'])
      await sql.query(
        `insert into account (account, type, state, created_at, updated_at) values (:name::text, 'user', 'enabled', 0, 0)`,
        { name },
      );
    await putBundle(world, account, bundle);
    await activateBundle(world, account, bundle.id);
    await admit(world, digest, index, 1);
    await analyze(world, report);
    await work(world, () => count);
  });
}

async function admit(world: TestWorld, image: Digest, parentDigest: Digest, createdAt: number): Promise<void> {
  const imageId = image.slice(7, 17);
  const known = { platform: 'linux/amd64', pullReference: `registry.example/app@${image}`, dockerfile: null };
  const admitted = { account, digest: image, parentDigest, imageId, ...known, annotations: {}, createdAt };
  await admitToCatalog(world, admitted, createdAt);
}

async function analyze(world: TestWorld, found: ImageReport): Promise<void> {
  const image = { account, digest };
  const content = {
    size: 1,
    layerCount: 1,
    arch: 'amd64',
    distro: null,
    distroVersion: null,
    namespace: null,
    base: null,
  };
  await moveImage(world, image, 'requeued', 1);
  await moveImage(world, image, 'claimed', 1);
  await moveImage(world, image, 'indexed', 1, { content: { ...content, report: await putImageReport(world, found) } });
  await judgeAnalyzed(world, { kind: 'image.analyzed', ...image });
}

async function load(world: TestWorld, records: readonly Advisory[]): Promise<void> {
  const outcome = await syncGroup(world, fakeFeed('fake', records), 'fake', { force: true });
  assert.equal(outcome.kind, 'changed');
}

async function check(world: TestWorld, policyId: string | null = null) {
  const grounds = await findGrounds(world, account, { digest, tag, policyId });
  return (await evaluateTag(world, grounds!, { policyId, store: true })).verdict;
}

async function history(world: TestWorld, under = tag): Promise<readonly string[]> {
  const records = await verdictHistory(world, { account, digest, tag: under, policyId: bundle.id });
  return records.map(({ action }) => action);
}

test('a verdict that stands is checked by five statements, and none of them writes', async () => {
  await inWorld(async (world, asked) => {
    await load(world, [hole]);
    assert.equal((await check(world)).action, 'stop');
    const before = asked();
    assert.equal((await check(world)).action, 'stop');
    assert.equal(asked() - before, 5, 'grounds, feed groups, judgement, texts, the past of what came after the image');
    assert.deepEqual(await history(world), ['stop']);
  });
});

test('feeds, bundle, report and the active bundle are those of now in every check', async () => {
  await inWorld(async (world) => {
    assert.equal((await check(world)).action, 'go');
    await load(world, [hole]);
    assert.equal((await check(world)).action, 'stop', 'an advisory came');
    await putBundle(world, account, bundleOf([ruleOf('vulnerabilities', 'package', 'WARN', { package_type: 'all' })]));
    assert.equal((await check(world)).action, 'warn', 'the bundle has changed');
    await analyze(world, { ...report, packages: [somePackage({ type: 'npm', name: 'left-pad', version: '2.0.0' })] });
    assert.equal((await check(world)).action, 'go', 'the report has changed');
    assert.deepEqual(await history(world), ['go', 'warn', 'stop', 'go']);
    await putBundle(world, account, { ...bundleOf([ruleOf('always', 'always')]), id: 'strict' });
    assert.equal((await check(world, 'strict')).action, 'stop', 'a bundle by its name');
    await activateBundle(world, account, 'strict');
    assert.equal((await check(world)).policyId, 'strict');
    await assert.rejects(check(world, 'none'), { code: 'state/not-found', message: 'policy none not found' });
  });
});

test('packages whose sets are not those that the image was linked to are judged all the same', async () => {
  await inWorld(async (world) => {
    await load(world, [hole]);
    await world.sql.query('delete from image_set');
    await world.sql.query('delete from package_set');
    assert.equal((await check(world)).action, 'stop');
  });
});

test('an image is found by its digest, by that of its index and by its config, in its account alone', async () => {
  await inWorld(async (world) => {
    const newer = digestOf('newer');
    await admit(world, newer, index, 2);
    const found = async (name: string, imageId: string | null = null, of = account) =>
      (await findGrounds(world, of, { digest: name, imageId, tag, policyId: null }))?.image.digest ?? null;
    assert.equal(await found(digest), digest);
    assert.equal(await found(index), newer, 'the newest of the index');
    assert.equal(await found(newer, digest.slice(7, 17)), digest, 'the config goes before the digest');
    assert.equal(await found(digest, 'none'), digest);
    assert.equal(await found('-'), null);
    assert.equal(await found(digest, null, 'other'), null);
  });
});

test('after its judgement an image is evaluated under each of its tags, and judged once for all', async () => {
  await inWorld(async (world, asked) => {
    await load(world, [hole]);
    const matched = { kind: 'image.matched', account, digest } as const;
    assert.deepEqual(await evaluateMatched(world, matched), []);
    for (const name of ['1', '2', '3'])
      await recordTag(world, account, {
        ...{ registry: 'registry.example', repository: 'app', tag: name, digest, detectedAt: 1 },
      });
    await evaluateMatched(world, matched);
    for (const name of ['1', '2', '3'])
      assert.deepEqual(await history(world, `registry.example/app:${name}`), ['stop']);
    const before = asked();
    await evaluateMatched(world, matched);
    assert.equal(asked() - before, 1 + 3 + 4, 'tags, grounds of each, feed groups, judgement, texts, past');
  });
});
