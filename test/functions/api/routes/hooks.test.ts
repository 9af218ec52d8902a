import assert from 'node:assert/strict';
import { test } from 'node:test';
import { images } from '#schema/api/images.ts';
import { errorAnswer, hookAnswer, problemAnswer } from '#schema/api/system.ts';
import { alpineApp, alpineAppNext } from '#test/support/api-images.ts';
import { admin, ann, apiServer, ecrHost } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

/** An event as EventBridge delivers it for a push to ECR. */
function push(digest: string, tag: string, time: string, detail: Record<string, unknown> = {}) {
  return {
    ...{ version: '0', id: '13cde686-328b-6117-af20-0e5566167482', 'detail-type': 'ECR Image Action' },
    ...{ source: 'aws.ecr', account: '123456789012', time, region: 'us-east-1', resources: [] },
    detail: {
      ...{ result: 'SUCCESS', 'repository-name': 'team/app', 'image-digest': digest },
      ...{ 'action-type': 'PUSH', 'image-tag': tag },
      ...detail,
    },
  };
}

const hook = '/hooks/eventbridge';

test('a push to ECR brings the image in as a request does; repeated and reordered events change nothing', async () => {
  const { ask, analyzed, until, registry } = await apiServer();
  await analyzed(`${registry}/team/app:v1`);
  const events = [
    push(alpineAppNext.digest, 'pushed', '2026-03-02T00:00:00Z'),
    push(alpineApp.digest, 'pushed', '2026-03-01T00:00:00Z'),
    push(alpineAppNext.digest, 'pushed', '2026-03-02T00:00:00Z'),
    push(alpineApp.digest, 'pushed', '2026-03-01T00:00:00Z'),
  ];
  for (const body of events) {
    const answer = await ask('POST', hook, { body });
    assert.deepEqual([answer.status, fits(hookAnswer, answer.json)], [200, { outcome: 'queued', reason: null }]);
  }
  const fulltag = `${ecrHost}/team/app:pushed`;
  const history = async () => {
    const { status, json } = await ask('GET', `/v1/images?fulltag=${fulltag}&history=true`);
    return status === 200 ? fits(images, json) : [];
  };
  const found = await until(
    history,
    (all) => all.length === 2 && all.every(({ analysis_status }) => analysis_status === 'analyzed'),
  );
  assert.deepEqual(
    found.map(({ imageDigest }) => imageDigest),
    [alpineAppNext.digest, alpineApp.digest],
    'the later push is what the tag points to, whichever came first',
  );
  const [, older] = found;
  assert.ok(
    older!.image_detail.some(({ fulltag: one }) => one === `${registry}/team/app:v1`),
    'one record an image',
  );
  assert.deepEqual(
    older!.image_detail.filter(({ fulltag: one }) => one === fulltag).map((one) => one.tag_detected_at),
    ['2026-03-01T00:00:00Z'],
  );
});

test('a deletion in ECR ends the tag: it names no image any more, its history and the image stay', async () => {
  const { ask, until } = await apiServer();
  const fulltag = `${ecrHost}/team/app:doomed`;
  const asked = async (more = '') =>
    ask<{ readonly imageDigest: string }[]>('GET', `/v1/images?fulltag=${fulltag}${more}`);
  await ask('POST', hook, { body: push(alpineApp.digest, 'doomed', '2026-03-01T00:00:00Z') });
  await until(asked, ({ status }) => status === 200);
  const deletion = push(alpineApp.digest, 'doomed', '2026-03-02T00:00:00Z', { 'action-type': 'DELETE' });
  for (let twice = 0; twice < 2; twice++) {
    const answer = await ask('POST', hook, { body: deletion });
    assert.deepEqual([answer.status, fits(hookAnswer, answer.json)], [200, { outcome: 'queued', reason: null }]);
  }
  await until(asked, ({ status }) => status === 404);
  assert.equal((await asked()).status, 404);
  const history = await asked('&history=true');
  assert.deepEqual([history.status, history.json.map(({ imageDigest }) => imageDigest)], [200, [alpineApp.digest]]);
  const image = fits(images, (await ask('GET', `/v1/images/${alpineApp.digest}`)).json)[0];
  assert.equal(image?.removed_at, null, 'it was seen in the registry after that');
  await ask('POST', hook, { body: push(alpineApp.digest, 'doomed', '2026-03-03T00:00:00Z') });
  await until(asked, ({ status }) => status === 200);
  assert.equal((await asked()).status, 200);
});

test('events that ask for no analysis are taken and ignored with the reason', async () => {
  const { ask } = await apiServer();
  const event = push(alpineApp.digest, 'v1', '2026-03-01T00:00:00Z', { 'action-type': 'ARCHIVE' });
  const answer = await ask('POST', `/v1${hook}`, { body: event });
  assert.equal(answer.status, 200);
  assert.equal(fits(hookAnswer, answer.json).outcome, 'ignored');
});

test('only administrators may send events, for accounts that there are', async () => {
  const { ask } = await apiServer();
  const body = push(alpineApp.digest, 'v1', '2026-03-01T00:00:00Z');
  const denied = await ask('POST', hook, { sender: ann, body });
  assert.equal(denied.status, 403);
  assert.match(fits(errorAnswer, denied.json).message, /^Not authorized\. Requires permissions: domain=system/);
  assert.equal((await ask('POST', hook, { sender: null, body })).status, 401);
  const elsewhere = await ask('POST', hook, { sender: { ...admin, account: 'nobody' }, body });
  assert.equal(elsewhere.status, 404);
});

test('what is no event is refused', async () => {
  const { ask } = await apiServer();
  const event = push(alpineApp.digest, 'v1', '2026-03-01T00:00:00Z');
  const { detail: _, ...undetailed } = event;
  const wrong = [
    ...['', 'garbage', 'null', '[]', '{}', undetailed],
    { ...event, account: '12' },
    { ...event, time: 'yesterday' },
    { ...event, region: '../../evil' },
    push('sha256:short', 'v1', event.time),
    push(alpineApp.digest, 'v1', event.time, { 'repository-name': '../up' }),
    push(alpineApp.digest, 'v1', event.time, { 'image-tag': 'x'.repeat(301) }),
  ];
  for (const body of wrong) {
    const answer = await ask('POST', hook, { body });
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(fits(problemAnswer, answer.json).status, 400);
  }
});
