import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitAllToCatalog } from '#catalog/admit-store.ts';
import { findImage } from '#catalog/image-store.ts';
import type { Digest } from '#core/digest.ts';
import { listSubscriptions } from '#notices/subscription-store.ts';
import { artifact, type Built, image, index, layer } from '#test/support/image-builder.ts';
import { built, type WatchBench, withWatches } from '#test/support/watch-bench.ts';

const [one, two, three] = built.map(({ digest }) => digest) as [Digest, Digest, Digest];

const subscriptionsOf = async ({ sql }: WatchBench, key: string) =>
  (await listSubscriptions({ sql }, 'team', { key, type: null, after: '', limit: 10 }))
    .map(({ type, active }) => `${type} ${active ? 'on' : 'off'}`)
    .sort();

async function annotate({ sql, clock }: WatchBench, digest: Digest, annotations: Readonly<Record<string, string>>) {
  const found = (await findImage({ sql }, 'team', digest))!;
  await admitAllToCatalog({ sql }, [{ ...found, place: 0, annotations }], clock.now());
}

const annotationsOf = async ({ sql }: WatchBench, digest: Digest) =>
  (await findImage({ sql }, 'team', digest))?.annotations;

const moves = async (bench: WatchBench) =>
  (await bench.told()).map(({ details }) => [details['curr_eval'], details['last_eval']]);

function serve({ content }: WatchBench, ...all: readonly Built[]) {
  for (const { blobs } of all) for (const [digest, bytes] of blobs) content.set(digest, bytes);
}

test('a push that ECR tells of gives the tag its subscriptions, as if somebody had added it', () =>
  withWatches(async (bench) => {
    const tag = `${bench.repository}:v1`;
    const next = await bench.push({ reference: `${tag}@${one}`, at: 1 });
    assert.deepEqual(next, [{ kind: 'image.queued', account: 'team', digest: one }]);
    const first = ['analysis_update on', 'policy_eval off', 'tag_update off', 'vuln_update off'];
    assert.deepEqual(await subscriptionsOf(bench, tag), first);
    await bench.push({ reference: `${tag}@${one}`, at: 1, autosubscribe: true });
    assert.deepEqual(await subscriptionsOf(bench, tag), first.with(2, 'tag_update on'));
    await bench.push({ reference: `${tag}@${two}`, at: 2 });
    assert.deepEqual(await subscriptionsOf(bench, tag), first.with(2, 'tag_update on'), 'nothing is switched off');
    await bench.push({ reference: `${bench.repository}@${three}`, at: 3 });
    assert.deepEqual(await listSubscriptions(bench, 'other', { key: null, type: null, after: '', limit: 10 }), []);
  }));

test('what is pushed and is no image is passed over, and has no subscriptions', () =>
  withWatches(async (bench) => {
    const chart = artifact({ tag: 'chart' });
    serve(bench, chart);
    const reference = `${bench.repository}:chart@${chart.digest}`;
    assert.deepEqual(await bench.push({ reference, at: 1 }), []);
    assert.deepEqual(await subscriptionsOf(bench, `${bench.repository}:chart`), []);
  }));

test('annotations go with the tag, and are laid over those of an image that is known', () =>
  withWatches(async (bench) => {
    const tag = `${bench.repository}:v1`;
    await bench.push({ reference: `${tag}@${one}`, at: 1 });
    await annotate(bench, one, { owner: 'crew', stage: 'one' });
    await bench.push({ reference: `${bench.repository}:v2@${two}`, at: 1 });
    assert.deepEqual(await annotationsOf(bench, two), {}, 'another tag');
    await annotate(bench, two, { stage: 'two', ship: 'Plimsoll' });
    await bench.push({ reference: `${tag}@${two}`, at: 2 });
    assert.deepEqual(await annotationsOf(bench, two), { owner: 'crew', stage: 'one', ship: 'Plimsoll' });
    assert.deepEqual(await annotationsOf(bench, one), { owner: 'crew', stage: 'one' });
  }));

test('an image with so many annotations that no more have room is admitted without those of the tag', () =>
  withWatches(async (bench) => {
    const tag = `${bench.repository}:v1`;
    await bench.push({ reference: `${tag}@${one}`, at: 1 });
    await bench.push({ reference: `${bench.repository}:v2@${two}`, at: 1 });
    await annotate(bench, one, { first: 'x'.repeat(9000) });
    await annotate(bench, two, { second: 'x'.repeat(9000) });
    await bench.push({ reference: `${tag}@${two}`, at: 2 });
    assert.deepEqual(Object.keys((await annotationsOf(bench, two))!), ['second']);
    assert.deepEqual(await moves(bench), [[[two], [one]]]);
  }));

test('whoever watches a tag is told of each move once, with the images before it, the newest first', () =>
  withWatches(async (bench) => {
    const reference = (digest: Digest) => `${bench.repository}:v1@${digest}`;
    const steps = [
      [one, 1],
      [two, 2],
      [two, 2],
      [three, 5],
      [one, 6],
      [one, 7],
    ] as const;
    for (const [digest, at] of steps) await bench.push({ reference: reference(digest), at });
    const told = [
      [[two], [one]],
      [[three], [two, one]],
      [[one], [three, two]],
    ];
    assert.deepEqual(await moves(bench), told);
    await bench.push({ reference: reference(three), at: 3 });
    assert.deepEqual(await moves(bench), told, 'what is heard of late is history');
  }));

test('an index that is made anew around the same image is no move, one around another is', () =>
  withWatches(async (bench) => {
    const [program, other] = ['program', 'other'].map((name) =>
      image({ layers: [layer([{ path: 'srv/name', content: name }])] }),
    );
    const versions = [index([program!]), index([program!, artifact()]), index([other!])];
    serve(bench, ...versions);
    for (const [place, { digest }] of versions.entries())
      await bench.push({ reference: `${bench.repository}:multi@${digest}`, at: place + 1 });
    assert.deepEqual(await moves(bench), [[[other!.digest], [program!.digest]]]);
  }));
