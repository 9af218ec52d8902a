import assert from 'node:assert/strict';
import { test } from 'node:test';
import { teams } from '#notices/channels/teams.ts';
import { channelWorld, harmfulNotice, postReceiver } from './channel-bench.ts';

const settings = { verify: true, timeout_seconds: 10 };

test('Teams gets an adaptive card in which nothing of an image is a link or a function', async () => {
  await using hook = await postReceiver(() => [202]);
  const outcome = await teams.send(channelWorld(), harmfulNotice(), { ...settings, url: hook.url });
  assert.deepEqual(outcome, { kind: 'delivered' });
  const message = JSON.parse(hook.got[0]!.body);
  assert.equal(message.type, 'message');
  const [{ contentType, content }] = message.attachments;
  assert.equal(contentType, 'application/vnd.microsoft.card.adaptive');
  assert.equal(content.type, 'AdaptiveCard');
  const [title, facts, ...items] = content.body;
  assert.equal(title.color, 'attention');
  assert.deepEqual(facts.facts.at(-1), { title: 'Vulnerabilities', value: '400 new, 0 changed, 2 gone' });
  assert.equal(items.length, 11);
  const text: string = items[0].text;
  assert.match(text, /\\\[a\\\]\\\(http:\/\/evil\.test\\\)/);
  assert.ok(!text.includes('{{'));
});
