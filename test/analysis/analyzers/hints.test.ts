import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { hints } from '#analysis/analyzers/hints.ts';
import { describeFiles } from '#test/support/describe-files.ts';

const analyzer = hints({ ...defaultAnalysisSettings, hints: true });

/** What comes of hints, or of a whole file. */
async function read(content: string | readonly unknown[]) {
  const text = typeof content === 'string' ? content : JSON.stringify({ packages: content });
  const { packages, notes } = await describeFiles(analyzer, { 'anchore_hints.json': text });
  return { packages: packages.map(({ type, name, version }) => `${type} ${name} ${version}`), notes };
}

test('hints count where the settings allow them only, and only at the root', async () => {
  const file = JSON.stringify({ packages: [{ type: 'npm', name: 'a', version: '1' }] });
  const off = await describeFiles(hints(defaultAnalysisSettings), { 'anchore_hints.json': file });
  const elsewhere = await describeFiles(analyzer, { 'srv/anchore_hints.json': file });
  assert.deepEqual([off.packages, elsewhere.packages], [[], []]);
  assert.equal((await describeFiles(analyzer, { 'anchore_hints.json': file })).packages.length, 1);
});

test('a file that is no list of hints is a note', async () => {
  for (const [text, problem] of [
    ['{', /is not JSON/],
    ['[]', /is JSON, but no object/],
    ['{}', /has no list of packages/],
    ['{"packages":{}}', /has no list of packages/],
  ] as const) {
    const { packages, notes } = await read(text);
    assert.deepEqual(packages, []);
    assert.match(notes.join(), problem);
  }
});

test('a hint that cannot be used hides no other', async () => {
  const { packages, notes } = await read([
    null,
    { type: 'npm', name: 'x'.repeat(2000), version: '1' },
    { type: 'npm', name: 'y', version: 1 },
    { type: 'toString', name: 'z', version: '1' },
    { type: 'NPM', name: ' a ', version: '1', license: 7, files: 'one', metadata: [], size: 'many' },
  ]);
  assert.deepEqual(packages, ['npm a 1']);
  assert.equal(notes.length, 1);
  for (const words of [
    'number 1 is no object',
    'number 2 has a name or version of over',
    'number 3 has no version',
    "number 4 has the type 'tostring'",
  ])
    assert.ok(notes[0]!.includes(words), words);
});

test('very many hints are cut, and very many problems are counted', async () => {
  const many = await read(Array.from({ length: 10_050 }, (_, at) => ({ type: 'npm', name: `n${at}`, version: '1' })));
  assert.equal(many.packages.length, 10_000);
  assert.match(many.notes.join(), /only the first 10000 of 10050 are read/);
  assert.match((await read(Array.from({ length: 30 }, () => 1))).notes.join(), /number 10 is no object; and 20 more$/);
});

test('a release is joined to the version where packages have one', async () => {
  const { packages, notes } = await read([
    { type: 'rpm', name: 'a', version: '1', release: '2' },
    { type: 'apkg', name: 'b', version: '1', release: 'r2' },
    { type: 'dpkg', name: 'c', version: '1', release: '2' },
    { type: 'apkg', name: 'd', version: '1' },
  ]);
  assert.deepEqual(packages, ['apk b 1-r2', 'deb c 1', 'rpm a 1-2']);
  assert.match(notes.join(), /number 4 has no release/);
});
