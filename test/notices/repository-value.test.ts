import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositorySettings, repositoryValue } from '#notices/repository-value.ts';

test('a value shows its settings, the tags and their number', () => {
  const text = repositoryValue({ autosubscribe: true, lookuptag: 'v1' }, new Set(['v1', 'v2']));
  assert.deepEqual(JSON.parse(text), { autosubscribe: true, lookuptag: 'v1', repotags: ['v1', 'v2'], tagcount: 2 });
  assert.deepEqual(repositorySettings(text), { autosubscribe: true, lookuptag: 'v1' });
});

test('of many tags the first are shown, and all are counted', () => {
  const tags = new Set(Array.from({ length: 5000 }, (_, number) => `${'x'.repeat(100)}${number}`));
  const text = repositoryValue({ autosubscribe: false, lookuptag: null }, tags);
  assert.ok(text.length < 17_000);
  const { repotags, tagcount } = JSON.parse(text);
  assert.equal(tagcount, 5000);
  assert.deepEqual(repotags, [...tags].slice(0, repotags.length));
  assert.ok(repotags.length > 100);
});

test('whatever an owner wrote is read as settings', () => {
  const none = { autosubscribe: false, lookuptag: null };
  for (const text of [null, '', 'null', '[]', '7', '"x"', '{"autosubscribe":"yes","lookuptag":7}', '{'])
    assert.deepEqual(repositorySettings(text), none, String(text));
  assert.deepEqual(repositorySettings('{"autosubscribe":true}'), { ...none, autosubscribe: true });
});
