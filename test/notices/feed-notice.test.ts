import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeedChange, feedNotice } from '#notices/feed-notice.ts';

function change(more: Partial<FeedChange> = {}): FeedChange {
  return {
    ...{ feed: 'alpine', group: 'alpine:3.20', after: 7, revision: 12, firstLoad: false },
    ...{ advisories: 3, opened: 2, closed: 1, packages: 2, images: 1 },
    named: [{ account: 'admin', digest: 'sha256:1', reference: 'r/app:v1@sha256:1' }],
    ...more,
  };
}

test('a notice tells people in its subject and programs in one JSON object what a feed change touches', () => {
  const { subject, text, attributes } = feedNotice(change());
  assert.equal(subject, 'Plimsoll: alpine:3.20 changed, 1 image touched');
  assert.deepEqual(attributes, { kind: 'feed.changed', group: 'alpine:3.20', images: 'touched' });
  assert.deepEqual(JSON.parse(text), {
    kind: 'feed.changed',
    id: 'feed.changed alpine alpine:3.20 7-12',
    summary:
      '3 advisories of alpine:3.20 changed. They speak of 2 packages, held by 1 image; verdicts are being renewed.',
    ...change(),
  });
});

test('none of the images, one and many have words of their own', () => {
  const told = (more: Partial<FeedChange>) => {
    const { subject, text, attributes } = feedNotice(change(more));
    return [subject, attributes?.['images'], (JSON.parse(text) as { summary: string }).summary];
  };
  assert.deepEqual(told({ images: 0, named: [], advisories: 1 }), [
    'Plimsoll: alpine:3.20 changed, none of your images is touched',
    'none',
    '1 advisory of alpine:3.20 changed. None of your images holds a package of which they speak.',
  ]);
  assert.deepEqual(told({ images: 300, packages: 1, firstLoad: true }), [
    'Plimsoll: alpine:3.20 was loaded, 300 images touched',
    'touched',
    'alpine:3.20 was loaded for the first time: 3 advisories. They speak of 1 package, held by 300 images; verdicts are being renewed. The first 1 are named.',
  ]);
});

test('the same change told again is the same message', () => {
  assert.deepEqual(feedNotice(change()), feedNotice(change()));
  assert.notEqual(feedNotice(change()).text, feedNotice(change({ revision: 13 })).text);
});
