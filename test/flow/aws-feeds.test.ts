import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { functions } from '../../infra/functions.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { alpineApp } from '#test/support/api-images.ts';
import { type AwsEstate, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { deploy, drain, ecrEvent, get, repository, rows, tagged } from '#test/support/aws-flow.ts';
import { builtBundle } from '#test/support/bundles.ts';
import { startLambda } from '#test/support/lambda-process.ts';
import { runTask } from '#test/support/run-task.ts';

// What happens after an image is judged, by the deployed entry points as built: its feeds change, it is deleted from ECR. Each test goes
// on where the one before it ended.
const group = 'alpine:3.20';
const due = { milliseconds: 1000 * functions['feeds-schedule'].timeout };
let shared: Promise<AwsEstate> | null = null;

/** An account in which one image is judged. */
function estate(): Promise<AwsEstate> {
  shared ??= openAwsEstate().then(async (aws) => {
    await deploy(aws, 'Create');
    aws.ecr.push(awsAccount, repository, alpineApp);
    await writeAlpine(aws.mirror, { '1.2.5-r1': ['CVE-2031-0001'] });
    await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineApp.digest, 'v1'));
    await drain(aws);
    assert.equal((await runTask(aws, 'analyzer', ['--dry-seconds', '0.2'])).code, 0);
    await drain(aws);
    return aws;
  });
  return shared;
}

after(async () => {
  if (shared !== null) await (await shared)[Symbol.asyncDispose]();
});

async function schedule(aws: AwsEstate): Promise<void> {
  await (await aws.lambda('feeds-schedule')).call({ group }, due);
}

async function published(aws: AwsEstate): Promise<readonly Record<string, unknown>[]> {
  return aws.sns.published.map(({ message }) => JSON.parse(message));
}

test('the first load of a group, which the image waited for, is told to nobody; neither is a sync without news', async () => {
  const aws = await estate();
  await schedule(aws);
  await schedule(aws);
  assert.deepEqual(await published(aws), []);
  assert.equal(await aws.depth('image.matched'), 0);
});

test('a feed that changed makes one notice that names group and image, and has the image evaluated anew', async () => {
  const aws = await estate();
  await writeAlpine(aws.mirror, { '1.2.5-r1': ['CVE-2031-0001'], '1.2.5-r9': ['CVE-2031-0009'] });
  await schedule(aws);
  await schedule(aws);
  assert.equal(aws.sns.published.length, 1);
  const [{ subject, attributes }] = aws.sns.published as [(typeof aws.sns.published)[number]];
  assert.deepEqual(
    [subject, attributes],
    ['Plimsoll: alpine:3.20 changed, 1 image touched', { kind: 'feed.changed', group, images: 'touched' }],
  );
  const [notice] = await published(aws);
  const { advisories, opened, closed, packages, images, named, firstLoad } = notice!;
  assert.deepEqual(
    { advisories, opened, closed, packages, images, firstLoad },
    { advisories: 1, opened: 1, closed: 0, packages: 2, images: 1, firstLoad: false },
  );
  const reference = `${tagged('v1')}@${alpineApp.digest}`;
  assert.deepEqual(named, [{ account: 'admin', digest: alpineApp.digest, reference }]);
  const verdicts = () => rows(aws, 'select verdict_no from verdict order by 1');
  const before = await verdicts();
  assert.equal(await aws.depth('image.matched'), 1);
  await drain(aws);
  assert.equal((await verdicts()).length, before.length + 1, 'the verdict speaks of the new vulnerability');
});

test('a change that dies with its process before anybody was told is told by the next schedule', async () => {
  const aws = await estate();
  await writeAlpine(aws.mirror, { '1.2.5-r9': ['CVE-2031-0009'] });
  const { file } = await builtBundle('feeds-schedule');
  const held = aws.sns.holdNext();
  {
    await using lambda = await startLambda(file, aws.variables);
    const ended = assert.rejects(lambda.call({ group }, due), /ended/);
    await held;
    await lambda[Symbol.asyncDispose]();
    await ended;
  }
  assert.equal(aws.sns.published.length, 1);
  await schedule(aws);
  assert.deepEqual(
    (await published(aws)).slice(1).map(({ closed, images }) => ({ closed, images })),
    [{ closed: 1, images: 1 }],
  );
  await schedule(aws);
  assert.equal(aws.sns.published.length, 2);
  await drain(aws);
});

test('a topic that refuses fails the run after the feeds are synced, and the repeated run tells', async () => {
  const aws = await estate();
  await writeAlpine(aws.mirror, { '1.2.5-r8': ['CVE-2031-0008'], '1.2.5-r9': ['CVE-2031-0009'] });
  aws.sns.failNext(new AwsError('AuthorizationError', 'User is not authorized to perform: SNS:Publish', 403));
  await assert.rejects(schedule(aws), /notices.*publishing/);
  const lines = (await aws.lambda('feeds-schedule')).lines();
  assert.ok(lines.some(({ message, group: of }) => message === 'feed change not announced' && of === group));
  assert.equal(aws.sns.published.length, 2);
  await schedule(aws);
  assert.equal(aws.sns.published.length, 3);
  await drain(aws);
});

test('a change that speaks of none of the images says so', async () => {
  const aws = await estate();
  await writeAlpine(aws.mirror, { '1.2.5-r8': ['CVE-2031-0008'], '1.2.5-r9': ['CVE-2031-0009'] }, 'keel');
  const { code, said } = await runTask(aws, 'feeds', [group]);
  assert.equal(code, 0, said);
  const last = aws.sns.published.at(-1)!;
  assert.equal(aws.sns.published.length, 4, 'a task tells what the function does');
  assert.equal(last.attributes['images'], 'touched', 'musl is advised no more');
  await writeAlpine(aws.mirror, { '1.2.5-r7': ['CVE-2031-0008'], '1.2.5-r9': ['CVE-2031-0009'] }, 'keel');
  await schedule(aws);
  const { subject, message, attributes } = aws.sns.published.at(-1)!;
  assert.equal(subject, 'Plimsoll: alpine:3.20 changed, none of your images is touched');
  assert.deepEqual([JSON.parse(message).images, JSON.parse(message).named, attributes['images']], [0, [], 'none']);
  await drain(aws);
});

test('a deletion in ECR ends the tag; report and history stay, and an old deletion takes back no push', async () => {
  const aws = await estate();
  const hear = async (event: unknown) => {
    await (await aws.lambda('catalog-ecr-event')).call(event);
    await drain(aws);
  };
  const listed = async (more: Record<string, readonly string[]> = {}) =>
    (await get(aws, '/images', { fulltag: [tagged('v1')], ...more })).status;
  assert.equal(await listed(), 200);
  // What was seen in the registry after its deletion was pushed again: events are of the time of the world.
  const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const [deleted, pushed] = [later(60), later(120)];
  for (let twice = 0; twice < 2; twice++) await hear(ecrEvent(alpineApp.digest, 'v1', 'DELETE', deleted));
  assert.deepEqual([await listed(), await listed({ history: ['true'] })], [404, 200]);
  const record = async () => JSON.parse((await get(aws, `/images/${alpineApp.digest}`)).text)[0];
  assert.equal((await record()).removed_at, deleted);
  assert.equal((await get(aws, `/images/${alpineApp.digest}/vuln/all`)).status, 200);

  await hear(ecrEvent(alpineApp.digest, 'v1', 'PUSH', pushed));
  assert.deepEqual([await listed(), (await record()).removed_at], [200, null]);
  await hear(ecrEvent(alpineApp.digest, 'v1', 'DELETE', later(90)));
  await hear(ecrEvent(alpineApp.digest, null, 'DELETE', later(90)));
  assert.equal(await listed(), 200);
  await hear(ecrEvent(alpineApp.digest, null, 'DELETE', later(180)));
  assert.equal(await listed(), 404);
});
