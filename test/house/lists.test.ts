import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyzers } from '#analysis/analyzers.ts';
import { feeds } from '#feeds/feeds.ts';
import { channels } from '#notices/channels.ts';
import { gates } from '#policy/gates.ts';
import { formats } from '#reports/formats.ts';
import { comparators } from '#versions/comparators.ts';
import { root } from './sources.ts';
import { limitsTable, supportTables } from './support-tables.ts';

/** Each family of plugins: its folder, the names in its list, and where the fixture of one lies. */
const families = [
  {
    folder: 'layers/analysis/analyzers',
    names: analyzers.map(({ name }) => name),
    fixture: (name: string) => `test/analysis/${name}`,
  },
  {
    folder: 'layers/versions/comparators',
    names: Object.keys(comparators),
    fixture: (name: string) => `test/versions/lines/${name}.txt`,
  },
  {
    folder: 'layers/feeds/feeds',
    names: feeds.map(({ name }) => name),
    fixture: (name: string) => `test/feeds/${name}`,
  },
  {
    folder: 'layers/policy/gates',
    names: gates.map(({ name }) => name.replaceAll('_', '-')),
    fixture: (name: string) => `test/policy/gates/${name}.test.ts`,
  },
  {
    folder: 'layers/reports/formats',
    names: formats.map(({ name }) => name),
    fixture: (name: string) => `test/reports/${name}.test.ts`,
  },
  {
    folder: 'layers/notices/channels',
    names: Object.values(channels).map(({ name }) => name),
    fixture: (name: string) => `test/notices/channels/${name}.test.ts`,
  },
];

for (const { folder, names, fixture } of families) {
  test(`${folder}: every file is in the list, every name once, each with a fixture`, () => {
    const files = readdirSync(join(root, folder)).map((file) => file.replace(/\.ts$/, ''));
    assert.deepEqual([...names].sort(), files.sort());
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.ok(existsSync(join(root, fixture(name))), fixture(name));
  });
}

test('the support tables of the README say what the lists say', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [title, table] of Object.entries(supportTables()))
    assert.ok(readme.includes(table), `README.md: the table '${title}' is old; it should be\n\n${table}`);
});

test('the operator guide tells all limits as the program has them', () => {
  const guide = readFileSync(join(root, 'docs/operator-guide.md'), 'utf8');
  const table = limitsTable();
  assert.ok(guide.includes(table), `docs/operator-guide.md: the table of limits is old; it should be\n\n${table}`);
});
