import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putImageReport } from '#analysis/image-report-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { moveImage } from '#catalog/image-store.ts';
import { type Digest, digestOf } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import type { Advisory } from '#feeds/advisory.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { judgeAnalyzed } from '#matching/judge-analyzed.ts';
import { type HubWorld, refreshHub, tellHub } from '#matching/tell-hub.ts';
import type { HubFinding } from '#platform/finding-hub.ts';
import type { Sql } from '#platform/sql.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { testClock } from '#test/support/test-clock.ts';

const account = 'team';
const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const digest = digestOf('image');
const day = 86_400_000;
const packages = ['left-pad', 'right-pad'].map((name) => somePackage({ type: 'npm', name, version: '1.0.0' }));
const hole = (id: string, name: string) => advisory(id, [{ name, fixed: '2.0.0' }], { severity: 'High' });

interface Bench {
  readonly world: HubWorld & { readonly clock: ReturnType<typeof testClock> };
  /** What the hub was told, a call a list. */
  readonly told: (readonly HubFinding[])[];
  load(...records: Advisory[]): Promise<void>;
  points(at: Digest | null): Promise<void>;
}

async function withBench(work: (bench: Bench) => Promise<void>, refused: readonly string[] = []): Promise<void> {
  await inRollback(async (sql: Sql) => {
    using feeds = syncWorld(sql);
    const told: (readonly HubFinding[])[] = [];
    const clock = testClock();
    const world = {
      ...feeds,
      ...{ clock, blobs: memoryBlobs(), offline: true, feedMaxAgeMs: 1, limits: defaultLimits },
      hub: {
        async bringIn(findings: readonly HubFinding[]) {
          told.push(findings);
          return findings.filter(({ id }) => refused.includes(id)).map(({ id }) => ({ id, why: 'no' }));
        },
      },
    };
    await sql.query(
      "insert into account (account, type, state, created_at, updated_at) values ('team', 'user', 'enabled', 0, 0)",
    );
    const known = { platform: 'linux/amd64', pullReference: `${registry}/app@${digest}`, dockerfile: null };
    const image = { account, digest, parentDigest: digest, imageId: 'a'.repeat(64), ...known, annotations: {} };
    await admitToCatalog(world, { ...image, createdAt: clock.now() }, clock.now());
    const report = await putImageReport(world, someReport(packages, { digest }));
    const found = {
      size: 1,
      layerCount: 1,
      arch: 'arm64',
      distro: null,
      distroVersion: null,
      namespace: null,
      base: null,
    };
    await moveImage(world, image, 'requeued', 1);
    await moveImage(world, image, 'claimed', 1);
    await moveImage(world, image, 'indexed', 1, { content: { ...found, report } });
    const points = async (at: Digest | null) => {
      await clock.advance(1);
      await sql.query(
        `insert into image_tag (account, registry, repository, tag, digest, detected_at, said_at)
         values ('team', :registry::text, 'app', 'v1', :at::text, :now::bigint, :now::bigint)`,
        { registry, at, now: clock.now() },
      );
    };
    await points(digest);
    await judgeAnalyzed(world, { kind: 'image.analyzed', account, digest });
    const load = async (...records: Advisory[]) => {
      const outcome = await syncGroup(world, fakeFeed('fake', records), 'fake', { force: true });
      assert.equal(outcome.kind, 'changed');
    };
    await work({ world, told, load, points });
  });
}

const image = { account, digest };
const states = (findings: readonly HubFinding[] | undefined) =>
  Object.fromEntries((findings ?? []).map(({ id, active }) => [id.slice(id.lastIndexOf('/') + 1), active]));

test('a hub is told what is new, nothing twice, and what is over', () =>
  withBench(async ({ world, told, load }) => {
    await tellHub(world, image);
    assert.equal(told.length, 0);
    await load(hole('GHSA-1', 'left-pad'), hole('GHSA-2', 'right-pad'));
    await tellHub(world, image);
    await tellHub(world, image);
    assert.deepEqual(told.map(states), [{ 'GHSA-1': true, 'GHSA-2': true }]);
    const [one] = told[0]!;
    assert.deepEqual(one!.image, {
      id: `arn:aws:ecr:eu-west-1:123456789012:repository/app/${digest}`,
      ...{ digest, repository: 'app', tags: ['v1'], architecture: 'arm64' },
    });
    assert.deepEqual(one!.packages, [{ name: 'left-pad', version: '1.0.0', fixedIn: '2.0.0' }]);
    assert.equal(one!.severity, 'high');
    await load(hole('GHSA-2', 'right-pad'), hole('GHSA-3', 'left-pad'));
    await tellHub(world, image);
    assert.deepEqual(states(told[1]), { 'GHSA-1': false, 'GHSA-3': true });
  }));

test('what stands in the hub of an image that no tag leads to any more, or whose account is gone, is closed', () =>
  withBench(async ({ world, told, load, points }) => {
    await load(hole('GHSA-1', 'left-pad'));
    await tellHub(world, image);
    await refreshHub(world, () => false);
    assert.equal(told.length, 1);
    await points(digestOf('another'));
    await refreshHub(world, () => false);
    assert.deepEqual(states(told[1]), { 'GHSA-1': false });
    await points(digest);
    await tellHub(world, image);
    await world.sql.query("delete from image_tag where account = 'team'");
    await world.sql.query("delete from image where account = 'team'");
    await refreshHub(world, () => false);
    assert.deepEqual(told.slice(2).map(states), [{ 'GHSA-1': true }, { 'GHSA-1': false }]);
    await refreshHub(world, () => false);
    assert.equal(told.length, 4);
  }));

test('all of an image is said again before the hub forgets it', () =>
  withBench(async ({ world, told, load }) => {
    await load(hole('GHSA-1', 'left-pad'));
    await tellHub(world, image);
    await world.clock.advance(59 * day);
    await refreshHub(world, () => false);
    assert.equal(told.length, 1);
    await world.clock.advance(2 * day);
    await refreshHub(world, () => false);
    await refreshHub(world, () => false);
    assert.deepEqual(told.slice(1).map(states), [{ 'GHSA-1': true }]);
    assert.equal(told[1]![0]!.updatedAt, world.clock.now());
  }));

test('what the hub refused is brought in again with the next change', () =>
  withBench(
    async ({ world, told, load }) => {
      await load(hole('GHSA-1', 'left-pad'), hole('GHSA-2', 'right-pad'));
      await tellHub(world, image);
      await tellHub(world, image);
      assert.deepEqual(told.map(states), [{ 'GHSA-1': true, 'GHSA-2': true }, { 'GHSA-2': true }]);
    },
    [`${account}/${digest}/GHSA-2`],
  ));
