import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AwsError } from '#test/fakes/aws-json.ts';
import { databaseLogins } from '#test/fakes/data-api-logins.ts';
import { DataApiError } from '#test/fakes/data-api-error.ts';
import { alpineApp, alpineAppNext } from '#test/support/api-images.ts';
import { type AwsEstate, awsAccount, openAwsEstate, writeAlpine } from '#test/support/aws-estate.ts';
import { deploy, drain, ecrEvent, get, repository, rows, tagged } from '#test/support/aws-flow.ts';
import type { ProxyAnswer } from '#test/support/lambda-process.ts';
import { runTask } from '#test/support/run-task.ts';

// The deployed entry points, as built, in an emulated account: each test goes on where the one before it ended.
const used = [
  ...(['catalog-ecr-event', 'catalog-image-pushed', 'policy-engine-image-analyzed'] as const),
  ...(['policy-engine-image-matched', 'api'] as const),
];
const secfixes = { '1.2.5-r1': ['CVE-2031-0001'] };
const untilDry = ['--dry-seconds', '0.2'];
let shared: Promise<AwsEstate> | null = null;

function estate(): Promise<AwsEstate> {
  shared ??= openAwsEstate();
  return shared;
}

after(async () => {
  if (shared !== null) await (await shared)[Symbol.asyncDispose]();
});

test('CloudFormation has the tables, the role and the administrator made, and is answered whatever happens', async () => {
  const aws = await estate();
  assert.deepEqual(await deploy(aws, 'Create'), { status: 'SUCCESS', id: 'Tables' });
  const kept = await rows(aws, 'select user_name, password from app_user');
  assert.equal(kept.length, 1);
  assert.deepEqual(await deploy(aws, 'Update'), { status: 'SUCCESS', id: 'Tables' });
  assert.deepEqual(await rows(aws, 'select user_name, password from app_user'), kept);

  const app = await databaseLogins(aws.database)(aws.login);
  for (const refused of ['create table boat ()', 'drop table image', 'delete from migration', 'create role boat'])
    await assert.rejects(app.once(refused, []), /must be owner|permission denied/, refused);

  const denied = new DataApiError('DatabaseErrorException', 'ERROR: permission denied to alter role; SQLState: 42501');
  aws.api.happen({ sql: 'alter role', meets: denied });
  const failed = await deploy(aws, 'Update');
  assert.equal(failed.status, 'FAILED');
  assert.match(failed.reason ?? '', /permission denied to alter role.*sql\/failed.*log stream/);

  const calls = aws.api.calls.length;
  assert.deepEqual(await deploy(aws, 'Delete'), { status: 'SUCCESS', id: 'Tables' });
  assert.equal(aws.api.calls.length, calls, 'deleting asks nothing of the database');
});

test('a push to ECR becomes a judged image that the API tells of', async (t) => {
  const aws = await estate();
  aws.ecr.push(awsAccount, repository, alpineApp);
  await writeAlpine(aws.mirror, secfixes);
  for (const name of used) await aws.lambda(name);
  const times: string[] = [];
  const step = async (name: string, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    times.push(`${name} ${Math.round(performance.now() - began)} ms`);
  };
  await step('ecr event', async () => (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineApp.digest, 'v1')));
  assert.equal(await aws.depth('image.pushed'), 1);
  await step('admit', async () => assert.deepEqual(await aws.poll('catalog-image-pushed'), { taken: 1, again: 0 }));
  assert.deepEqual([await aws.depth('image.queued'), await aws.depth('dispatch')], [1, 1]);
  await step('analyze', async () => assert.equal((await runTask(aws, 'analyzer', untilDry)).code, 0));
  assert.equal(await aws.depth('image.analyzed'), 1);
  const judge = () => aws.poll('policy-engine-image-analyzed');
  await step('judge', async () => assert.deepEqual(await judge(), { taken: 1, again: 0 }));
  const evaluate = () => aws.poll('policy-engine-image-matched');
  await step('evaluate', async () => assert.deepEqual(await evaluate(), { taken: 1, again: 0 }));
  const answers: ProxyAnswer[] = [];
  await step('answer', async () =>
    answers.push(await get(aws, `/images/${encodeURIComponent(alpineApp.digest)}/vuln/all`)),
  );
  t.diagnostic(times.join(', '));

  assert.deepEqual(vulnerabilities(answers[0]!), ['CVE-2031-0001 musl-1.2.5-r0', 'CVE-2031-0001 musl-utils-1.2.5-r0']);
  const check = await get(aws, `/images/${alpineApp.digest}/check`, { tag: [`${tagged('v1')}`], detail: ['false'] });
  assert.equal(check.status, 200, check.text);
  assert.equal((await rows(aws, 'select tag from verdict')).length, 1);
  const names = (await aws.lambda('catalog-image-pushed')).lines().flatMap((line) => Object.keys(line));
  assert.ok(names.includes('ImagesAdmitted') && names.includes('StepSeconds'));
});

test('everything delivered once more changes nothing', async () => {
  const aws = await estate();
  const before = await snapshot(aws);
  const image = { account: 'admin', digest: alpineApp.digest };
  for (let twice = 0; twice < 2; twice++) {
    await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineApp.digest, 'v1'));
    for (const kind of ['image.queued', 'image.analyzed', 'image.matched'])
      await aws.send(kind, JSON.stringify({ kind, ...image }));
  }
  await drain(aws);
  assert.equal((await runTask(aws, 'analyzer', untilDry)).code, 0);
  await drain(aws);
  assert.deepEqual(await snapshot(aws), before);
});

test('a message that is none of ours ends among the dead letters, and holds up no other', async () => {
  const aws = await estate();
  aws.ecr.push(awsAccount, repository, alpineAppNext);
  for (const body of ['not JSON', '{"kind":"boat"}', JSON.stringify({ kind: 'image.matched', account: 'admin' })])
    await aws.send('image.pushed', body);
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineAppNext.digest, 'v2'));
  assert.deepEqual(await aws.poll('catalog-image-pushed'), { taken: 4, again: 3 });
  for (let again = 0; again < 10; again++) await aws.poll('catalog-image-pushed');
  assert.deepEqual([await aws.depth('image.pushed'), await aws.deadLetters('image.pushed')], [0, 3]);
  assert.equal(await aws.depth('image.queued'), 1);
});

test('an image that the registry does not have is a line of the log, and its message is gone', async () => {
  const aws = await estate();
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(`sha256:${'0'.repeat(64)}`, 'gone'));
  assert.deepEqual(await aws.poll('catalog-image-pushed'), { taken: 1, again: 0 });
  const lines = (await aws.lambda('catalog-image-pushed')).lines();
  const told = lines.find(({ message }) => message === 'image not admitted');
  assert.match(String(told?.['reason']), /registry\/not-found/);
  assert.equal(told?.['correlation_id'], `sha256:${'0'.repeat(64)} image.pushed`);
});

test('a database that wakes up or throttles is waited for', async () => {
  const aws = await estate();
  aws.api.pause(500);
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineApp.digest, 'v1'));
  assert.deepEqual(await aws.poll('catalog-image-pushed'), { taken: 1, again: 0 });
  const woke = (await aws.lambda('catalog-image-pushed')).lines().find((line) => 'DatabaseWakeSeconds' in line);
  assert.ok(Number(woke?.['DatabaseWakeSeconds']) >= 1);
  aws.api.happen({ operation: 'Execute', meets: new DataApiError('ThrottlingException', 'Rate exceeded') });
  assert.equal((await get(aws, `/images/${alpineApp.digest}`)).status, 200);
});

test('a step whose storage fails comes back after a pause and is then done', async () => {
  const aws = await estate();
  const again = { kind: 'image.analyzed', account: 'admin', digest: alpineApp.digest };
  await aws.send('image.analyzed', JSON.stringify(again));
  aws.s3.failNext('GetObject', new AwsError('SlowDown', 'Please reduce your request rate.', 503), 3);
  assert.deepEqual(await aws.poll('policy-engine-image-analyzed'), { taken: 1, again: 1 });
  assert.deepEqual(await aws.poll('policy-engine-image-analyzed'), { taken: 0, again: 0 }, 'it is away for 2 s');
  await aws.clock.advance(2000);
  assert.deepEqual(await aws.poll('policy-engine-image-analyzed'), { taken: 1, again: 0 });
});

test('a feed that changed has the images evaluated anew that it speaks of', async () => {
  const aws = await estate();
  await drain(aws);
  await writeAlpine(aws.mirror, { ...secfixes, '1.2.5-r9': ['CVE-2031-0009'] });
  await (await aws.lambda('feeds-schedule')).call({ group: 'alpine:3.20' }, { milliseconds: 900_000 });
  assert.equal(await aws.depth('image.matched'), 1);
  await drain(aws);
  const told = vulnerabilities(await get(aws, `/images/${alpineApp.digest}/vuln/os`));
  assert.ok(told.includes('CVE-2031-0009 musl-1.2.5-r0'), told.join());
  await (await aws.lambda('feeds-schedule')).call({ group: 'alpine:3.20' }, { milliseconds: 900_000 });
  assert.equal(await aws.depth('image.matched'), 0, 'upstream had no news');
  assert.ok((await aws.lambda('feeds-schedule')).lines().some((line) => 'FeedAgeHours' in line));

  await writeAlpine(aws.mirror, { '1.2.5-r9': ['CVE-2031-0009'] });
  const { code, said } = await runTask(aws, 'feeds', ['alpine:3.20']);
  assert.equal(code, 0, said);
  assert.equal(await aws.depth('image.matched'), 1, 'a task does for long groups what the function does');
});

test('pushes and deletions that no event told of are found by the daily reconciliation', async () => {
  const aws = await estate();
  await drain(aws);
  const reconcile = async () => (await aws.lambda('catalog-reconcile')).call({}, { milliseconds: 900_000 });
  await reconcile();
  assert.equal(await aws.depth('image.pushed'), 0);
  aws.ecr.push(awsAccount, repository, { ...alpineApp, tag: 'stealth' });
  await reconcile();
  assert.equal(await aws.depth('image.pushed'), 1);
  await drain(aws);
  const answer = await get(aws, '/images', { fulltag: [tagged('stealth')] });
  assert.deepEqual(JSON.parse(answer.text)[0].imageDigest, alpineApp.digest);

  // What other tests' events named and the registry never had is gone for it.
  while ((await aws.poll('catalog-image-removed')).taken > 0);
  aws.ecr.repository(awsAccount, repository).tags.delete('stealth');
  await reconcile();
  assert.equal(await aws.depth('image.removed'), 1, 'so is a deletion');
  await aws.poll('catalog-image-removed');
  const history = `select digest from image_tag where tag = 'stealth' order by detected_at desc`;
  assert.deepEqual((await rows(aws, history))[0], [null]);
  await reconcile();
  assert.equal((await aws.depth('image.removed')) + (await aws.depth('image.pushed')), 0);
});

test('the API behind API Gateway answers as the one on a machine does', async (t) => {
  const aws = await estate();
  const calls = aws.api.calls.length;
  const health = await get(aws, '/health', {}, { authorization: null });
  assert.deepEqual([health.status, health.text, aws.api.calls.length], [200, '', calls], 'the database may sleep on');
  const stranger = await get(aws, '/v1/images', {}, { authorization: null });
  assert.deepEqual([stranger.status, stranger.text], [401, 'Unauthorized']);
  assert.equal((await get(aws, '/nowhere')).status, 404);
  const head = await get(aws, `/images/${alpineApp.digest}`, {}, { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
  const listed = await get(aws, '/images');
  assert.deepEqual([listed.status, listed.headers['content-type']], [200, 'application/json']);
  const body = JSON.stringify({ tag: tagged('v1') });
  const plain = await get(aws, '/images', {}, { method: 'POST', body });
  assert.equal(plain.status, 200, plain.text);
  const base64 = Buffer.from(body).toString('base64');
  const packed = await get(aws, '/images', {}, { method: 'POST', body: base64, isBase64Encoded: true });
  assert.deepEqual(JSON.parse(packed.text), JSON.parse(plain.text));

  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    const began = performance.now();
    await get(aws, `/images/${alpineApp.digest}/vuln/all`);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  t.diagnostic(`vuln/all: p50 ${times[30]!.toFixed(0)} ms, p99 ${times[59]!.toFixed(0)} ms`);
});

test('an account’s registry is tried, kept in Secrets Manager, and asked with by the functions that pull', async () => {
  const aws = await estate();
  const ci = aws.ecr.addUser(awsAccount, 'ci');
  const host = aws.ecr.host(awsAccount);
  const ask = (method: string, path: string, body: object) =>
    get(aws, path, {}, { method, body: JSON.stringify(body) });
  const keys = { registry_user: ci.accessKeyId, registry_pass: ci.secretAccessKey };
  const wrong = await ask('POST', '/registries', { registry: host, ...keys, registry_pass: 'x'.repeat(40) });
  assert.equal(wrong.status, 406, wrong.text);
  const added = await ask('POST', '/registries', { registry: host, ...keys });
  assert.equal(added.status, 200, added.text);
  const stored = JSON.stringify(await rows(aws, 'select * from registry'));
  for (const text of [added.text, wrong.text, stored]) assert.ok(!text.includes(ci.secretAccessKey));

  aws.ecr.push(awsAccount, repository, alpineAppNext);
  const asked = () => aws.ecr.calls.filter((call) => call === 'GetAuthorizationToken ci').length;
  const before = asked();
  await (await aws.lambda('catalog-ecr-event')).call(ecrEvent(alpineAppNext.digest, 'v2'));
  await drain(aws);
  assert.equal(asked() - before, 1, 'of another process than the one that tried it');

  const path = `/registries/${encodeURIComponent(host)}`;
  assert.equal((await get(aws, path, {}, { method: 'DELETE' })).text, 'true');
  assert.deepEqual(await rows(aws, 'select name from registry'), []);
  assert.equal((await ask('POST', '/images', { tag: tagged('v2') })).status, 200, 'as the function itself again');
});

function vulnerabilities({ status, text }: ProxyAnswer): readonly string[] {
  assert.equal(status, 200, text);
  const { vulnerabilities } = JSON.parse(text) as { vulnerabilities: { vuln: string; package: string }[] };
  return vulnerabilities
    .filter(({ vuln }) => vuln.startsWith('CVE'))
    .map((one) => `${one.vuln} ${one.package}`)
    .sort();
}

/** Everything that people see, without the times at which it was looked at last. */
async function snapshot(aws: AwsEstate): Promise<readonly unknown[]> {
  return Promise.all(
    [
      'select image_no, digest, state, failure, attempts, report, created_at, analyzed_at from image order by 1',
      'select * from image_tag order by 1, 2, 3, 4, 5',
      'select verdict_no, tag, action, hash, created_at from verdict order by 1',
      'select * from image_set order by 1, 2',
      'select count(*)::text from package',
      'select count(*)::text from affected',
    ].map((statement) => rows(aws, statement)),
  );
}
