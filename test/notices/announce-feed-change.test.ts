import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announceFeedChange } from '#notices/announce-feed-change.ts';
import type { TopicMessage } from '#platform/topic.ts';

const change = {
  ...{ feed: 'alpine', group: 'alpine:3.20', after: 7, revision: 12, firstLoad: false },
  ...{ advisories: 3, opened: 2, closed: 1, packages: 2, images: 0, named: [] },
};

function worldOf(publish: ((message: TopicMessage) => Promise<void>) | null) {
  const lines: unknown[] = [];
  const log = { info: (fact: string, ids = {}) => void lines.push({ fact, ...ids }), error: () => assert.fail() };
  return { lines, world: { log, topic: publish === null ? null : { publish } } };
}

test('a change is told to the topic, or to the log alone where there is none', async () => {
  const messages: TopicMessage[] = [];
  const heard = worldOf(async (message) => void messages.push(message));
  await announceFeedChange(heard.world, change);
  assert.equal(messages.length, 1);
  const alone = worldOf(null);
  await announceFeedChange(alone.world, change);
  const line = { group: 'alpine:3.20', revision: 12, advisories: 3, packages: 2, images: 0 };
  assert.deepEqual(
    [...heard.lines, ...alone.lines],
    [true, false].map((published) => ({ fact: 'feed change announced', ...line, published })),
  );
});

test('what the topic refuses was not told', async () => {
  const { lines, world } = worldOf(() => Promise.reject(new Error('refused')));
  await assert.rejects(announceFeedChange(world, change), /refused/);
  assert.deepEqual(lines, []);
});
