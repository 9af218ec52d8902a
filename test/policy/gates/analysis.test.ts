import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '#policy/gate.ts';
import { facts, messages, refusals } from '../sample-facts.ts';

const note = (analyzer: string, path: string | null, problem: string) => ({ analyzer, layer: null, path, problem });
const some: Facts = {
  ...facts,
  notes: [
    note('npm', '/srv/package.json', 'is not JSON'),
    note('match', null, 'packages of conda are not judged'),
    note('feed nvd', null, 'never fetched'),
  ],
};
const asked = (parameters: Readonly<Record<string, string>>, of = some) =>
  messages('analysis', 'incomplete', parameters, of);

test('incomplete tells everything that is not known, or what is of these kinds', () => {
  assert.deepEqual(asked({}), [
    'Analysis is incomplete (npm): /srv/package.json: is not JSON',
    'Analysis is incomplete (match): packages of conda are not judged',
    'Analysis is incomplete (feed nvd): never fetched',
  ]);
  assert.equal(asked({ kinds: 'content' })[0], asked({})[0]);
  assert.deepEqual(asked({ kinds: 'matching, feeds' }), asked({}).slice(1));
  assert.deepEqual(asked({}, facts), []);
});

test('incomplete leaves out what it is told to ignore, by path or by words', () => {
  assert.deepEqual(asked({ ignore: '/srv/' }), asked({}).slice(1));
  assert.deepEqual(asked({ ignore: '.*conda' }).length, 2);
});

test('kinds that there are not are refused', () => {
  assert.match(
    refusals('analysis', 'incomplete', { kinds: 'content,other' })[0]!,
    /content, matching, feeds, not 'other'/,
  );
  assert.match(refusals('analysis', 'incomplete', { ignore: '(' })[0]!, /regular expression/);
});
