import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzerSetOf, memberName, nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import { chooseLimits, type LimitKind, limitKinds } from '#core/limits.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';

const other = { ...lineAnalyzer, name: 'other', settings: 'x' };

test('a set is named by the names, versions and settings of its members, in any order, and by the engine', () => {
  const { name, engine, members } = analyzerSetOf([other, lineAnalyzer]);
  assert.match(name, /^[0-9a-f]{16}$/);
  assert.equal(engine, 'engine@2');
  assert.deepEqual(members, ['line@1', memberName(other)]);
  assert.equal(nameAnalyzerSet([lineAnalyzer, other]), name);
  for (const changed of [
    { ...other, version: 2 },
    { ...other, settings: 'y' },
    { ...other, name: 'more' },
  ])
    assert.notEqual(nameAnalyzerSet([lineAnalyzer, changed]), name);
});

test('a limit whose passing is a note belongs to the engine when it is not as it comes, another one does not', () => {
  const engineWith = (chosen: Record<string, unknown>) => analyzerSetOf([], chooseLimits(chosen, 'x')).engine;
  const plain = analyzerSetOf([]).engine;
  const kinds: readonly (readonly [string, LimitKind])[] = Object.entries(limitKinds);
  for (const [name, { value, past }] of kinds)
    assert.equal(engineWith({ [name]: value - 1 }) !== plain, past === 'note', name);
  assert.notEqual(engineWith({ notes: 5 }), engineWith({ notes: 6 }));
});

test('limits that decide what a report holds come as they did for this version of the engine', () => {
  // What is raised here makes reports that are stored wrong: raise engineVersion of analyzer-set.ts with it.
  const deciding = Object.entries(limitKinds).filter(([, { past }]) => past === 'note');
  assert.deepEqual(
    [analyzerSetOf([]).engine, Object.fromEntries(deciding.map(([name, { value }]) => [name, value]))],
    [
      'engine@2',
      {
        pathBytes: 4096,
        symlinkHops: 40,
        fileBytes: 1073741824,
        factBytes: 50331648,
        jsonBytes: 67108864,
        archiveDepth: 16,
        archiveEntries: 1000000,
        archiveInflatedBytes: 2147483648,
        archiveRatio: 250,
        analyzerSeconds: 60,
        notes: 1000,
      },
    ],
  );
});
