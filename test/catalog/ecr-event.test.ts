import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromEcrEvent } from '#catalog/ecr-event.ts';

const digest = `sha256:${'7'.repeat(64)}`;

/** An event as EventBridge delivers it for a push to ECR, every field there. */
function pushEvent(detail: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  return {
    version: '0',
    id: '13cde686-328b-6117-af20-0e5566167482',
    'detail-type': 'ECR Image Action',
    source: 'aws.ecr',
    account: '123456789012',
    time: '2026-11-16T01:54:34Z',
    region: 'us-west-2',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': 'team/app',
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': 'v1',
      ...detail,
    },
    ...more,
  };
}

test('a push of a tag asks for that digest under that tag, since the time of the event', () => {
  assert.deepEqual(fromEcrEvent(pushEvent(), 'admin'), {
    kind: 'pushed',
    event: {
      kind: 'image.pushed',
      account: 'admin',
      reference: `123456789012.dkr.ecr.us-west-2.amazonaws.com/team/app:v1@${digest}`,
      at: Date.UTC(2026, 10, 16, 1, 54, 34),
    },
  });
});

test('a push without a tag asks for the digest alone; China has its own domain', () => {
  const outcome = fromEcrEvent(pushEvent({ 'image-tag': '' }, { region: 'cn-north-1' }), 'admin');
  assert.equal(
    outcome.kind === 'pushed' && outcome.event.reference,
    `123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/app@${digest}`,
  );
});

test('a deletion names the tag that it was of, or the digest alone', () => {
  const at = Date.UTC(2026, 10, 16, 1, 54, 34);
  const app = '123456789012.dkr.ecr.us-west-2.amazonaws.com/team/app';
  for (const [tag, reference] of [
    ['v1', `${app}:v1@${digest}`],
    [undefined, `${app}@${digest}`],
  ])
    assert.deepEqual(fromEcrEvent(pushEvent({ 'action-type': 'DELETE', 'image-tag': tag }), 'admin'), {
      kind: 'removed',
      event: { kind: 'image.removed', account: 'admin', reference, at },
    });
});

test('what is no image that came or went is ignored with its reason', () => {
  const ignored = [
    pushEvent({ 'action-type': 'DELETE', result: 'FAILURE' }),
    pushEvent({ 'action-type': 'DELETE', 'image-tag': `sha256-${'a'.repeat(64)}.sig` }),
    pushEvent({ 'action-type': 'ARCHIVE' }),
    pushEvent({ result: 'FAILURE' }),
    pushEvent({ 'image-tag': `sha256-${'a'.repeat(64)}.sig` }),
    pushEvent({}, { source: 'aws.s3' }),
    pushEvent({}, { 'detail-type': 'ECR Image Scan' }),
  ];
  for (const event of ignored) {
    const outcome = fromEcrEvent(event, 'admin');
    assert.equal(outcome.kind, 'ignored');
    assert.ok(outcome.kind === 'ignored' && outcome.reason.length > 10);
  }
});

test('what is no event of EventBridge is refused and the field named', () => {
  for (const [event, field] of [
    [{}, /source/],
    [pushEvent({}, { account: 'evil.example' }), /account/],
    [pushEvent({}, { region: 'us-west-2.evil.example' }), /region/],
    [pushEvent({ 'repository-name': '../x' }), /repository-name/],
    [pushEvent({ 'image-digest': 'sha256:1' }), /image-digest/],
    [null, /object/],
  ] as const)
    assert.throws(() => fromEcrEvent(event, 'admin'), { code: 'input/invalid', message: field });
});
