import assert from 'node:assert/strict';
import { test } from 'node:test';
import { r } from '#analysis/analyzers/r.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const description = (fields: Readonly<Record<string, string>> = {}) =>
  Object.entries({ Package: 'knot', Version: '1.0', Built: 'R 4.2.2; ; 2026-01-01 00:00:00 UTC; unix', ...fields })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');

const found = (text: string) => analyzeFiles(r, { 'usr/lib/R/library/knot/DESCRIPTION': text });

test("only an installed DESCRIPTION is a package: one without Built is a source tree, one without fields anybody's", () => {
  assert.equal(found(description()).packages.length, 1);
  for (const text of [
    '',
    'A description of this folder.\n',
    description({ Built: '' }),
    'Built: yesterday\n',
    ' '.repeat(2_000_000),
  ])
    assert.deepEqual(found(text), { packages: [], notes: [] }, text.slice(0, 30));
});

test('an installed package whose name or version R would refuse is a note', () => {
  for (const [fields, problem] of [
    [{ Package: '' }, /Package is no name/],
    [{ Package: '../x' }, /Package is no name/],
    [{ Package: 'a'.repeat(201) }, /Package is no name/],
    [{ Version: '' }, /Version is no version/],
    [{ Version: '1.0-beta' }, /Version is no version/],
    [{ Version: 'v1.0' }, /Version is no version/],
    [{ Version: `1${'.1'.repeat(200)}` }, /Version is no version/],
  ] as const) {
    const { packages, notes } = found(description(fields as Record<string, string>));
    assert.deepEqual(packages, []);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, problem);
  }
});

test('lines end as on Windows, fields go on over lines, letters are of any case', () => {
  const text =
    'package: knot\r\nVersion: 1.0-2\r\nImports: rope (>= 1.0),\r\n    R6,\r\n\ttools\r\nLinkingTo:\r\nDepends: R (>= 3.5)\r\nBuilt: R 4.2.2; ; ; unix\r\n';
  const [one] = found(text).packages;
  assert.equal(one?.version, '1.0-2');
  assert.deepEqual(one?.requires, ['R6', 'rope', 'tools']);
});

test('a package in two libraries is found in both, whatever Bioconductor or a person built', () => {
  const { packages } = analyzeFiles(r, {
    'usr/lib/R/library/knot/DESCRIPTION': description({ Repository: 'Bioconductor' }),
    'home/a/R/knot/DESCRIPTION': description({ Version: '2.0', Repository: 'https://a.example.org/\u0000' }),
  });
  assert.deepEqual(
    packages.map(({ version, metadata }) => [version, metadata?.['repository']]),
    [
      ['2.0', undefined],
      ['1.0', 'Bioconductor'],
    ],
  );
});
