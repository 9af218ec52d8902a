import assert from 'node:assert/strict';
import { test } from 'node:test';
import { portage } from '#analysis/analyzers/portage.ts';
import { runAnalyzer, viewOf } from '#test/support/run-analyzer.ts';

const db = 'var/db/pkg';

test('name and version part where the version begins, as the specification has it', () => {
  const parts: Readonly<Record<string, readonly [string, string]>> = {
    'gtk+-2.24.33-r3': ['gtk+', '2.24.33-r3'],
    'font-adobe-100dpi-1.0.4': ['font-adobe-100dpi', '1.0.4'],
    'openssl-3.0.1b_beta2_p3-r1': ['openssl', '3.0.1b_beta2_p3-r1'],
    'libcrypt-2': ['libcrypt', '2'],
    'x-9999': ['x', '9999'],
    'a-1-2': ['a-1', '2'],
  };
  for (const [folder, want] of Object.entries(parts)) {
    const [found] = runAnalyzer(portage, { [`${db}/cat/${folder}/CONTENTS`]: '' }).packages;
    assert.deepEqual([found?.name, found?.version], [`cat/${want[0]}`, want[1]]);
  }
});

test('a folder that is called otherwise is noted, one that is half merged or without CONTENTS is none', () => {
  const { packages, notes } = runAnalyzer(portage, {
    [`${db}/cat/noversion/CONTENTS`]: '',
    [`${db}/cat/-MERGING-a-1/CONTENTS`]: '',
    [`${db}/cat/b-1/SLOT`]: '0',
    [`${db}/cat/c-1/deep/CONTENTS`]: '',
  });
  assert.deepEqual(packages, []);
  assert.deepEqual(notes, [
    { path: `${db}/cat/noversion/CONTENTS`, problem: 'its folder is not called NAME-VERSION; the package is left out' },
  ]);
});

test('lines of CONTENTS that are none are left out, others keep blanks and arrows in their paths', () => {
  const contents = [
    'obj /usr/a b c 0cc175b9c0f1b6a831c399e269772661 1',
    'sym /usr/link -> a -> b 1',
    'obj /usr/broken nohash 1',
    'fif /run/pipe',
    'nonsense',
  ].join('\n');
  const view = viewOf(portage, { [`${db}/cat/a-1/CONTENTS`]: contents });
  assert.deepEqual(
    [...portage.owned!(view)].map(({ path, expected }) => [path, expected.digest?.algorithm ?? null]),
    [
      ['/usr/a b c', 'md5'],
      ['/usr/link', null],
      ['/run/pipe', null],
    ],
  );
});

test('what a package needs is read past operators, slots, USE flags and blockers', () => {
  const rdepend =
    '|| ( >=dev-libs/openssl-3.0.1-r2:0/3= dev-libs/libressl ) ~cat/exact-1.2 =cat/star-1* !cat/blocked !!<cat/hard-2 x? ( cat/use[a,-b(+)] ) cat/a';
  const tree = Object.fromEntries(
    [
      'dev-libs/openssl-3.1',
      'cat/exact-1.2',
      'cat/star-1.5',
      'cat/blocked-1',
      'cat/hard-3',
      'cat/use-1',
      'cat/a-1',
    ].map((folder) => [`${db}/${folder}/CONTENTS`, '']),
  );
  const { packages } = runAnalyzer(portage, { ...tree, [`${db}/cat/a-1/RDEPEND`]: rdepend });
  assert.deepEqual(packages.find(({ name }) => name === 'cat/a')?.requires, [
    'cat/exact',
    'cat/star',
    'cat/use',
    'dev-libs/openssl',
  ]);
});

test('a line of very many arrows takes no longer than another', () => {
  const view = viewOf(portage, { [`${db}/cat/a-1/CONTENTS`]: `sym ${' -> '.repeat(4000)}\n`.repeat(100) });
  assert.deepEqual([...portage.owned!(view)], []);
});
