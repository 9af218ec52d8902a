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
import { ensureSubscriptions } from '#notices/subscription-store.ts';
import { tagWatches } from '#notices/tag-watches.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Sql } from '#platform/sql.ts';
import { activateBundle, putBundle } from '#policy/bundle-store.ts';
import { evaluateMatched, evaluateTag } from '#policy/evaluate-image.ts';
import { findGrounds } from '#policy/grounds-store.ts';
import { verdictHistory } from '#policy/verdict-store.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { SubscriptionType } from '#schema/event-log.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { dyingAfter } from '#test/support/dying-sql.ts';
import { inRollback } from '#test/support/database.ts';
import { eventsOf } from '#test/support/event-log.ts';
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

async function analyze(world: TestWorld, found: ImageReport, of = digest): Promise<void> {
  const image = { account, digest: of };
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

test('a bundle that names the digest of an index means each image of it', async () => {
  await inWorld(async (world) => {
    assert.equal((await check(world)).action, 'go');
    const blocked = {
      ...{ id: 'b', name: 'blocked', registry: '*', repository: '*' },
      image: { type: 'digest' as const, value: index },
    };
    await putBundle(world, account, { ...bundle, blacklisted_images: [blocked] });
    assert.equal((await check(world)).action, 'stop');
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
    assert.deepEqual(await evaluateMatched(world, matched, tagWatches), []);
    for (const name of ['1', '2', '3'])
      await recordTag(world, account, {
        ...{ registry: 'registry.example', repository: 'app', tag: name, digest, detectedAt: 1 },
      });
    await evaluateMatched(world, matched, tagWatches);
    for (const name of ['1', '2', '3'])
      assert.deepEqual(await history(world, `registry.example/app:${name}`), ['stop']);
    const before = asked();
    await evaluateMatched(world, matched, tagWatches);
    assert.equal(asked() - before, 2 + 3 + 4, 'tags, watches, grounds of each, feed groups, judgement, texts, past');
  });
});

const watched = { registry: 'registry.example', repository: 'app', tag: '1' };

/** The tag leads to the image, and somebody wants to hear of it. */
async function subscribe(world: TestWorld, ...types: readonly SubscriptionType[]): Promise<void> {
  await recordTag(world, account, { ...watched, digest, detectedAt: 1 });
  const wanted = types.map((type) => ({ key: tag, type, active: true }));
  await ensureSubscriptions(world, account, wanted, 1);
}

async function matched(world: TestWorld, image = digest) {
  const events = await evaluateMatched(world, { kind: 'image.matched', account, digest: image }, tagWatches);
  return events.map(({ kind }) => kind);
}

const verdicts = 'user.checks.tag.policy_evaluation.update';
const vulnerabilities = 'user.checks.tag.vulnerabilities.update';

test('a verdict is told when its action changes, with what changed, and not the first time', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    assert.deepEqual(await matched(world), []);
    await load(world, [hole]);
    assert.deepEqual(await matched(world), ['notice.raised']);
    assert.deepEqual(await matched(world), [], 'the same step again tells nothing');
    const [event, ...more] = await eventsOf(world.sql, account, verdicts);
    assert.equal(more.length, 0);
    const { details, resource, heardBy } = event!;
    assert.deepEqual([resource, heardBy], [tag, `policy_eval ${tag}`]);
    const { curr_eval: now, last_eval: last, changes, counts } = details;
    assert.deepEqual([last.final_action, last.status, now.final_action, now.status], ['GO', 'pass', 'STOP', 'fail']);
    for (const evaluation of [now, last])
      assert.deepEqual(
        [evaluation.imageDigest, evaluation.image_digest, evaluation.tag, evaluation.policyId, evaluation.userId],
        [digest, digest, tag, bundle.id, account],
      );
    assert.deepEqual([counts, details.details_complete], [{ added: 1, removed: 0 }, true]);
    assert.equal(changes.added[0].gate, 'vulnerabilities');
    await load(world, []);
    assert.deepEqual(await matched(world), ['notice.raised']);
    assert.deepEqual((await eventsOf(world.sql, account, verdicts))[1]!.details.counts, { added: 0, removed: 1 });
  });
});

test('another policy that says another thing is a change, what a policy that is not active says is none', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    await matched(world);
    const strict = { ...bundleOf([ruleOf('always', 'always', 'STOP')]), id: 'strict' };
    await putBundle(world, account, strict);
    assert.equal((await check(world, 'strict')).action, 'stop');
    assert.equal((await check(world)).action, 'go');
    assert.equal((await eventsOf(world.sql, account, verdicts)).length, 0);
    for (const [policyId, told] of [
      ['strict', 1],
      [bundle.id, 2],
      ['strict', 3],
    ] as const) {
      await activateBundle(world, account, policyId);
      await check(world);
      await check(world);
      assert.equal((await eventsOf(world.sql, account, verdicts)).length, told, `${policyId} is active`);
    }
  });
});

test('a verdict that is only looked at is not told, and one on an image that the tag has left is not either', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    await matched(world);
    await load(world, [hole]);
    const grounds = await findGrounds(world, account, { digest, tag, policyId: null });
    await evaluateTag(world, grounds!, { policyId: null, store: false });
    const next = digestOf('next');
    await admit(world, next, next, 2);
    await recordTag(world, account, { ...watched, digest: next, detectedAt: 2 });
    assert.deepEqual(await matched(world), []);
    assert.deepEqual(await eventsOf(world.sql, account, verdicts), []);
  });
});

test('of two evaluations that begin at the same time only one tells of the change', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    await matched(world);
    const begun = await findGrounds(world, account, { digest, tag, policyId: null });
    await load(world, [hole]);
    await matched(world);
    await load(world, [hole, advisory('GHSA-2', [{ name: 'left-pad' }])]);
    const { telling, verdict } = await evaluateTag(world, begun!, { policyId: null, store: true });
    assert.deepEqual([telling, verdict.action], ['nothing', 'stop']);
    const events = await eventsOf(world.sql, account, verdicts);
    assert.deepEqual(
      events.map(({ details }) => details.curr_eval.final_action),
      ['STOP'],
    );
    const now = await findGrounds(world, account, { digest, tag, policyId: null });
    assert.equal(now?.standing?.record.verdictNo, now?.latest?.verdictNo);
  });
});

test('vulnerabilities of a watched tag are told when they change: added, updated and removed', async () => {
  await inWorld(async (world) => {
    await load(world, [hole]);
    await subscribe(world, 'vuln_update');
    await matched(world);
    assert.deepEqual(await eventsOf(world.sql, account, vulnerabilities), [], 'the first time');
    const told = async (records: readonly Advisory[]) => {
      const before = (await eventsOf(world.sql, account, vulnerabilities)).length;
      await load(world, records);
      for (const _ of [1, 2]) await matched(world);
      return (await eventsOf(world.sql, account, vulnerabilities)).slice(before).map(({ details }) => details);
    };
    assert.deepEqual(await told([{ ...hole, urls: ['https://moved.test'] }]), [], 'an address that moved');
    const leak = advisory('GHSA-2', [{ name: 'left-pad', fixed: null }], { severity: 'Low' });
    assert.deepEqual(await told([hole, leak, advisory('GHSA-3', [{ name: 'elsewhere' }])]), [
      {
        subscription_type: 'vuln_update',
        imageDigest: digest,
        annotations: {},
        diff_vulnerability_result: {
          added: [
            {
              ...{ CVE_ID: 'GHSA-2', Severity: 'Low', Vulnerable_Package: 'left-pad-1.0.0', Fix_Available: 'None' },
              ...{ URL: 'None', Package_Name: 'left-pad', Package_Version: '1.0.0', Package_Type: 'npm' },
              ...{ Feed: 'vulnerabilities', Feed_Group: 'github:npm', Package_Path: '/somewhere/left-pad' },
            },
          ],
          updated: [],
          removed: [],
        },
        counts: { added: 1, updated: 0, removed: 0 },
        details_complete: true,
      },
    ]);
    const [rated] = await told([{ ...hole, severity: 'Critical' }, leak]);
    assert.deepEqual(rated.counts, { added: 0, updated: 1, removed: 0 });
    const [updated] = rated.diff_vulnerability_result.updated;
    assert.deepEqual([updated.Severity, updated.previous.Severity], ['Critical', 'High']);
    const [gone] = await told([{ ...hole, severity: 'Critical' }]);
    assert.deepEqual(gone.counts, { added: 0, updated: 0, removed: 1 });
  });
});

test('vulnerabilities of tags that nobody watches are not kept, and what is told begins when somebody does', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    await matched(world);
    assert.deepEqual(
      await world.sql.query('select tag from told_findings where account = :account::text', { account }),
      [],
    );
    await load(world, [hole]);
    await subscribe(world, 'vuln_update');
    await matched(world);
    assert.deepEqual(await eventsOf(world.sql, account, vulnerabilities), []);
    await load(world, []);
    assert.deepEqual(await matched(world), ['notice.raised']);
    assert.equal((await eventsOf(world.sql, account, vulnerabilities)).length, 1);
  });
});

test('a watched tag that moves to another image shows what that has and has not', async () => {
  await inWorld(async (world) => {
    await load(world, [hole]);
    await subscribe(world, 'vuln_update');
    await matched(world);
    const next = digestOf('next');
    await admit(world, next, next, 2);
    await analyze(world, someReport([], { digest: next }), next);
    await recordTag(world, account, { ...watched, digest: next, detectedAt: 2 });
    for (const image of [digest, next, digest, next]) await matched(world, image);
    const events = await eventsOf(world.sql, account, vulnerabilities);
    assert.equal(events.length, 1, 'the image that the tag has left says nothing of it');
    assert.deepEqual(events[0]!.details.counts, { added: 0, updated: 0, removed: 1 });
    assert.equal(events[0]!.details.imageDigest, next);
  });
});

test('an image that a subscription names is told of, whatever the tag leads to', async () => {
  await inWorld(async (world) => {
    await subscribe(world);
    const value = JSON.stringify({ digests: [digest] });
    const wanted = (['vuln_update', 'policy_eval'] as const).map((type) => ({ key: tag, type, value, active: true }));
    await ensureSubscriptions(world, account, wanted, 1);
    const next = digestOf('next');
    await admit(world, next, next, 2);
    await recordTag(world, account, { ...watched, digest: next, detectedAt: 2 });
    await matched(world);
    await load(world, [hole]);
    assert.deepEqual(await matched(world), ['notice.raised']);
    const types = (await eventsOf(world.sql, account)).map(({ type }) => type);
    assert.deepEqual(types.filter((type) => type.startsWith('user.checks')).sort(), [verdicts, vulnerabilities]);
  });
});

test('an evaluation that dies at any moment tells everything when it is done again, and nothing twice', async () => {
  const died: number[] = [];
  for (let statements = 1; statements < 60; statements++) {
    let survived = false;
    await inWorld(async (world) => {
      await load(world, [advisory('GHSA-0', [{ name: 'left-pad' }])]);
      await subscribe(world, 'vuln_update', 'policy_eval');
      await putBundle(world, account, denying);
      await matched(world);
      await load(world, [hole]);
      const dying = { ...world, sql: dyingAfter(world.sql, statements) };
      const again = await evaluateMatched(dying, { kind: 'image.matched', account, digest }, tagWatches).catch(
        () => null,
      );
      survived = again !== null;
      if (!survived) died.push(statements);
      await matched(world);
      const types = (await eventsOf(world.sql, account)).map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => type.startsWith('user.checks')).sort(),
        [verdicts, vulnerabilities],
        `after ${statements} statements`,
      );
    });
    if (survived) break;
  }
  assert.ok(died.length > 10, 'it died at every statement');
});

/** Only GHSA-1 keeps an image from shipping. */
const denying = bundleOf([ruleOf('vulnerabilities', 'blacklist', 'STOP', { vulnerability_ids: 'GHSA-1' })]);
