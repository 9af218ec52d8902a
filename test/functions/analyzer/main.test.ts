import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '#core/digest.ts';
import { digestHex } from '#core/digest.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { type AnalyzerBench, openAnalyzerBench, until } from '#test/support/analyzer-bench.ts';
import { type BuiltImage, image, layer } from '#test/support/image-builder.ts';
import { testClock } from '#test/support/test-clock.ts';

let images = 0;

/** An image of two layers that no other test has: packages in the first, bytes in the second. */
function freshImage(): BuiltImage {
  const name = `image ${++images} of ${process.pid}`;
  const base = layer([
    { path: 'etc/os-release', content: `ID=alpine\nVERSION_ID=3.9.0\nNAME="${name}"\n` },
    {
      path: 'lib/apk/db/installed',
      content: 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:musl\nV:1.1.20-r3\nA:x86_64\no:musl\nL:MIT\n\n',
    },
  ]);
  const top = layer([{ path: 'srv/data', content: Buffer.from(name.padEnd(200_000, '.')) }], { compression: 'none' });
  return image({ layers: [base, top] });
}

async function layerReports(bench: AnalyzerBench, diffId: Digest): Promise<number> {
  let found = 0;
  for await (const key of bench.blobs.list('layer-reports/')) if (key.includes(digestHex(diffId))) found++;
  return found;
}

/** The image is analysed once, whoever did it: rows, blobs, one event, nothing left. */
async function assertAnalyzedOnce(bench: AnalyzerBench, built: BuiltImage): Promise<void> {
  assert.deepEqual(await bench.next(), { kind: 'image.analyzed', account: 'admin', digest: built.digest });
  await until('the message to be gone', async () => {
    const { waiting, inHand } = await bench.queued.depth();
    return waiting + inHand === 0 ? true : null;
  });
  assert.equal(await bench.left(), 0);
  const stored = await bench.image(built);
  assert.equal(stored.state, 'matching');
  for (const { diffId } of built.layers) assert.equal(await layerReports(bench, diffId), 1);
  const reports: string[] = [];
  for await (const key of bench.blobs.list('image-reports/')) reports.push(key);
  assert.deepEqual(reports, [stored.content?.report]);
  assert.equal(bench.s3.state.uploads.size, 0);
  assert.equal((await bench.queued.depth()).dead, 0);
}

test('an image that waits in SQS is pulled from ECR, analyzed and handed on; a second delivery changes nothing', async () => {
  await using bench = await openAnalyzerBench();
  const built = freshImage();
  await bench.admit(built);
  await bench.send(built);
  await using analyzer = bench.start({ args: ['--at-once', '1'] });
  await assertAnalyzedOnce(bench, built);
  assert.deepEqual(
    built.layers.map(({ digest }) => bench.reads(digest)),
    [1, 1],
  );
  const { updatedAt } = await bench.image(built);

  await bench.send(built);
  await assertAnalyzedOnce(bench, built);
  assert.deepEqual(
    built.layers.map(({ digest }) => bench.reads(digest)),
    [1, 1],
  );
  assert.equal((await bench.image(built)).updatedAt, updatedAt);

  analyzer.signal('SIGTERM');
  await bench.clock.advance(20_000);
  assert.equal(await analyzer.ended, 0, analyzer.said());
  const facts = analyzer
    .said()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(facts.filter(({ fact }) => fact === 'image analyzed').length, 1);
  assert.ok(facts.some((one) => one['ImagesAnalyzed'] === 1));
});

test('SIGTERM in the middle gives the message back at once; the next process goes on with the layer that was not finished', async () => {
  await using bench = await openAnalyzerBench();
  const built = freshImage();
  const [base, top] = built.layers;
  await bench.admit(built);
  await bench.send(built);
  bench.door.shut(top!.digest);
  {
    await using first = bench.start({ args: ['--at-once', '1'] });
    await until('the first layer to be stored', async () =>
      (await layerReports(bench, base!.diffId)) === 1 ? true : null,
    );
    await until('the second layer to be under way', () => (bench.reads(top!.digest) === 1 ? true : null));
    assert.deepEqual(await bench.queued.depth(), { waiting: 0, inHand: 1, dead: 0 });
    first.signal('SIGTERM');
    assert.equal(await first.ended, 0, first.said());
  }
  assert.deepEqual(await bench.queued.depth(), { waiting: 1, inHand: 0, dead: 0 });
  assert.equal((await bench.image(built)).state, 'analyzing');
  bench.door.open();
  await using _second = bench.start();
  await assertAnalyzedOnce(bench, built);
  assert.deepEqual([bench.reads(base!.digest), bench.reads(top!.digest)], [1, 2]);
});

test('a process that is killed in the middle loses nothing: its message is seen again after five minutes, and nothing is doubled', async () => {
  await using bench = await openAnalyzerBench();
  const built = freshImage();
  const [base, top] = built.layers;
  await bench.admit(built);
  await bench.send(built);
  bench.door.shut(top!.digest);
  {
    await using first = bench.start();
    await until('the first layer to be stored', async () =>
      (await layerReports(bench, base!.diffId)) === 1 ? true : null,
    );
    await until('the second layer to be under way', () => (bench.reads(top!.digest) === 1 ? true : null));
    first.signal('SIGKILL');
    assert.equal(await first.ended, 'SIGKILL');
  }
  bench.door.open();
  await using _second = bench.start();
  await bench.clock.advance(299_000);
  assert.deepEqual(await bench.queued.depth(), { waiting: 0, inHand: 1, dead: 0 });
  await bench.clock.advance(1000);
  await assertAnalyzedOnce(bench, built);
  assert.deepEqual([bench.reads(base!.digest), bench.reads(top!.digest)], [1, 2]);
  assert.equal((await bench.image(built)).attempts, 2);
});

test('a message that SQS gives to two processes at once is analyzed by both to the same rows and blobs', async () => {
  await using bench = await openAnalyzerBench();
  const built = freshImage();
  await bench.admit(built);
  bench.door.shut(built.layers[1]!.digest);
  bench.sqs.mishaps.duplicates = 1;
  await bench.send(built);
  await using _one = bench.start({ args: ['--at-once', '1'] });
  await using _other = bench.start({ args: ['--at-once', '1'] });
  await until('both to be at it', () => (bench.reads(built.layers[1]!.digest) === 2 ? true : null));
  bench.door.open();
  assert.equal((await bench.next()).kind, 'image.analyzed');
  await assertAnalyzedOnce(bench, built);
});

test('a token that ends in the middle of a pull is replaced, and the pull goes on', async () => {
  await using bench = await openAnalyzerBench({ tokenSeconds: 1.5 });
  const built = freshImage();
  const top = built.layers[1]!;
  await bench.admit(built);
  bench.ecr.failNext('GetAuthorizationToken', 2);
  bench.door.shut(top.digest);
  await bench.send(built);
  await using analyzer = bench.start();
  await until('the second layer to be under way', () => (bench.reads(top.digest) === 1 ? true : null));
  const over = Date.now() + 1500;
  await until('the token to be over', () => (Date.now() > over ? true : null));
  bench.ecr.revokeTokens();
  bench.door.breakOff();
  await assertAnalyzedOnce(bench, built);
  assert.equal(bench.reads(top.digest), 2);
  assert.ok(bench.ecr.calls.length >= 4, `two were throttled, two gave a token: ${bench.ecr.calls} ${analyzer.said()}`);
});

test('while S3 is out of order the message goes back with a pause, and the image is analyzed when S3 is well again', async () => {
  await using bench = await openAnalyzerBench();
  const built = freshImage();
  await bench.admit(built);
  bench.s3.failNext('PutObject', new AwsError('SlowDown', 'Please reduce your request rate.', 503), 6);
  await bench.send(built);
  await using analyzer = bench.start({ args: ['--at-once', '1'] });
  await until('the message to go back', () => (analyzer.said().includes('step failed') ? true : null));
  assert.equal((await bench.image(built)).state, 'analyzing');
  await until('the pause to be over', async () => {
    await bench.clock.advance(1000);
    return (await bench.left()) > 0 ? true : null;
  });
  await assertAnalyzedOnce(bench, built);
});

test('an image that ECR does not have ends as failed with the reason, and the next one is analyzed', async () => {
  await using bench = await openAnalyzerBench();
  const [gone, built] = [freshImage(), freshImage()];
  for (const one of [gone, built]) await bench.admit(one);
  bench.ecr.repository('111122223333', 'team/app').images.delete(gone.digest);
  bench.ecr.repository('111122223333', 'team/app').blobs.delete(gone.digest);
  await bench.send(gone);
  await bench.send(built);
  await using analyzer = bench.start();
  await assertAnalyzedOnce(bench, built);
  const { state, failure } = await bench.image(gone);
  assert.equal(state, 'analysis_failed');
  assert.match(failure ?? '', /does not have it .*registry\/not-found/);
  assert.match(analyzer.said(), /"ImagesFailed":1/);
});

test('a process that finds nothing to do for its time ends with 0', async () => {
  await using bench = await openAnalyzerBench({ clock: testClock(undefined, { selfWinding: true }) });
  await using analyzer = bench.start({ args: ['--dry-seconds', '1'] });
  assert.equal(await analyzer.ended, 0, analyzer.said());
  assert.match(analyzer.said(), /"why":"dry"/);
});

test('a process that is not told its queue says what is missing and ends with 1', async () => {
  await using bench = await openAnalyzerBench();
  await using analyzer = bench.start({ args: ['--dry-seconds', '1'], without: ['PLIMSOLL_QUEUE_URL_PREFIX'] });
  assert.equal(await analyzer.ended, 1, analyzer.said());
  assert.match(analyzer.said(), /PLIMSOLL_QUEUE_URL_PREFIX is not set/);
});
