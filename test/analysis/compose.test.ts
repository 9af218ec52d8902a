import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Composed } from '#analysis/compose.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { assembleLayers } from '#test/support/assemble-layers.ts';
import { lineAnalyzer } from '#test/support/line-analyzer.ts';
import type { BuildEntry } from '#test/support/tar-builder.ts';

/** The final file system of real layers, base first. */
async function laid(layers: readonly (readonly BuildEntry[])[], limits: Limits = defaultLimits): Promise<Composed> {
  return (await assembleLayers(layers, [lineAnalyzer], limits)).composed;
}

/** Paths of the final file system, folders with a slash at the end. */
function paths(composed: Composed): string[] {
  return [...composed.files()].map(({ path, type }) => (type === 'dir' ? `${path}/` : path));
}

const file = (path: string, content = path): BuildEntry => ({ path, content });
const gone = (path: string): BuildEntry => ({ path, content: '' });

test('a file of an upper layer stands in the place of the one below', async () => {
  const composed = await laid([
    [{ path: 'a', content: 'old', mode: 0o600 }],
    [{ path: 'a', content: 'newer', uid: 7 }],
  ]);
  const { size, mode, uid } = composed.lookup('a')!;
  assert.deepEqual({ size, mode, uid }, { size: 5, mode: 0o644, uid: 7 });
  assert.equal(composed.count, 1);
});

test('a whiteout takes away a file, and a folder with all that is in it', async () => {
  const composed = await laid([
    [file('a'), file('d/x/1'), file('d/x/2'), file('d/y')],
    [gone('.wh.a'), gone('d/.wh.x')],
  ]);
  assert.deepEqual(paths(composed), ['d/', 'd/y']);
  assert.equal(composed.count, 2);
});

test('a whiteout takes away only what the layers below have, wherever it stands in its layer', async () => {
  const base = [file('d/old'), file('f', 'old')];
  const upper = [file('d/new'), file('f', 'new')];
  const whiteouts = [gone('.wh.d'), gone('.wh.f')];
  for (const top of [
    [...whiteouts, ...upper],
    [...upper, ...whiteouts],
    [upper[0]!, ...whiteouts, upper[1]!],
  ]) {
    const composed = await laid([base, top]);
    assert.deepEqual(paths(composed), ['d/', 'd/new', 'f']);
    assert.equal(composed.lookup('f')!.size, 3);
  }
});

test('an opaque folder shows nothing of the layers below, wherever the mark stands in its layer', async () => {
  const base = [file('d/old'), file('d/sub/old'), file('e')];
  const mark = gone('d/.wh..wh..opq');
  for (const top of [
    [mark, file('d/new'), file('d/sub/new')],
    [file('d/new'), file('d/sub/new'), mark],
  ]) {
    assert.deepEqual(paths(await laid([base, top])), ['d/', 'd/new', 'd/sub/', 'd/sub/new', 'e']);
  }
});

test('an opaque root leaves nothing of the layers below', async () => {
  assert.deepEqual(
    paths(
      await laid([
        [file('a'), file('d/b')],
        [gone('.wh..wh..opq'), file('c')],
      ]),
    ),
    ['c'],
  );
});

test('a folder replaced by a file is gone with all that was in it, and a file gives way to a folder', async () => {
  const composed = await laid([
    [file('d/x'), file('f')],
    [gone('.wh.d'), file('d'), { path: 'f/' }, file('f/inside')],
    [file('f/later')],
  ]);
  assert.deepEqual(paths(composed), ['d', 'f/', 'f/inside', 'f/later']);
  assert.deepEqual(paths(await laid([[file('d/x')], [file('d')]])), ['d']);
});

test('a folder of an upper layer keeps what is in it and takes the new bits', async () => {
  const composed = await laid([[{ path: 'd/', mode: 0o700 }, file('d/x')], [{ path: 'd/', mode: 0o1777, gid: 5 }]]);
  assert.deepEqual(paths(composed), ['d/', 'd/x']);
  assert.equal(composed.lookup('d')!.mode, 0o1777);
  assert.equal(composed.lookup('d')!.gid, 5);
});

test('entries and whiteouts go through linked folders of the layers below, never out of the root', async () => {
  const composed = await laid([
    [file('usr/lib/a'), file('usr/lib/b'), { path: 'lib', link: 'usr/lib' }, { path: 'up', link: '../../../usr' }],
    [file('lib/c'), gone('lib/.wh.a'), file('up/lib/d')],
    [gone('lib/.wh..wh..opq'), file('lib/e')],
  ]);
  assert.deepEqual(paths(composed), ['lib', 'up', 'usr/', 'usr/lib/', 'usr/lib/e']);
  assert.equal(composed.resolve('up/lib/e'), 'usr/lib/e');
});

test('a link that leads nowhere becomes the folder it names when something is put behind it', async () => {
  const composed = await laid([[{ path: 'var/run', link: '/run' }], [file('var/run/pid')]]);
  assert.deepEqual(paths(composed), ['run/', 'run/pid', 'var/', 'var/run']);
});

test('a folder entry on a linked folder takes the place of the link', async () => {
  const composed = await laid([
    [file('usr/lib/a'), { path: 'lib', link: 'usr/lib' }],
    [{ path: 'lib/' }, file('lib/b')],
  ]);
  assert.deepEqual(paths(composed), ['lib/', 'lib/b', 'usr/', 'usr/lib/', 'usr/lib/a']);
});

test('a hard link has the content and bits of its file, of its own layer or one below, and outlives it', async () => {
  const composed = await laid([
    [
      { path: 'a', content: 'abc', mode: 0o755 },
      { path: 'b', type: 'hardlink', link: 'a' },
    ],
    [{ path: 'c', type: 'hardlink', link: 'b' }],
    [gone('.wh.a'), gone('.wh.b')],
  ]);
  const { type, size, mode, sha256, link } = composed.lookup('c')!;
  assert.deepEqual({ type, size, mode, link }, { type: 'hardlink', size: 3, mode: 0o755, link: 'b' });
  assert.match(sha256!, /^ba7816bf/);
});

test('what was read from a file holds for its hard links, after the file itself is gone too', async () => {
  const composed = await laid([
    [file('a.pkg', 'one 1\n'), { path: 'b.pkg', type: 'hardlink', link: 'a.pkg' }],
    [{ path: 'c.pkg', type: 'hardlink', link: 'a.pkg' }],
    [gone('.wh.a.pkg')],
  ]);
  assert.deepEqual(
    composed.facts('line').map(({ path }) => path),
    ['b.pkg', 'c.pkg'],
  );
  assert.equal(composed.since('line', 'b.pkg', 'one 1'), 0);
  assert.equal(composed.since('line', 'c.pkg', 'one 1'), 1);
});

test('a hard link to a file of a layer below that nobody has read is a note', async () => {
  const composed = await laid([[file('plain', 'one 1\n')], [{ path: 'a.pkg', type: 'hardlink', link: 'plain' }]]);
  assert.deepEqual(composed.facts('line'), []);
  assert.deepEqual(
    composed.notes.map(({ analyzer, path }) => [analyzer, path]),
    [['line', '/a.pkg']],
  );
  assert.match(composed.notes[0]!.problem, /hard link/);
});

test('a hard link to nothing is noted and kept as an empty file', async () => {
  const composed = await laid([[{ path: 'b', type: 'hardlink', link: 'nothing' }]]);
  assert.deepEqual(paths(composed), ['b']);
  assert.match(composed.notes[0]!.problem, /not there/);
});

test('the entry of the root describes the root and is no file', async () => {
  const composed = await laid([[{ path: './', mode: 0o711 }, file('./a')]]);
  assert.deepEqual(paths(composed), ['a']);
  assert.equal(composed.lookup('')!.mode, 0o711);
});

test('children of the root are taken away by whiteouts in the root', async () => {
  assert.deepEqual(paths(await laid([[file('etc/a'), file('b')], [gone('./.wh.etc')]])), ['b']);
});

test('the bookkeeping of AUFS is no content, and a whiteout without a name is noted', async () => {
  const composed = await laid([
    [file('a'), gone('.wh..wh.aufs'), gone('.wh..wh.plnk/1.2'), gone('d/.wh.'), gone('.wh...')],
  ]);
  assert.deepEqual(paths(composed), ['a']);
  assert.equal(composed.notes.length, 2);
});

test('the last of several entries of the same path in a layer wins', async () => {
  const composed = await laid([[file('a.pkg', 'one 1\n'), file('a.pkg', 'two 2\n')]]);
  assert.deepEqual(
    composed.facts('line').map(({ facts }) => facts.map(({ key }) => key)),
    [['two 2']],
  );
  assert.equal(composed.count, 1);
});

test('links are followed to their end, circles and too long chains lead nowhere', async () => {
  const chain = Array.from({ length: 45 }, (_, i) => ({ path: `l${i}`, link: `l${i + 1}` }));
  const composed = await laid([
    [
      file('etc/real'),
      { path: 'etc/one', link: 'real' },
      { path: 'two', link: '/etc/one' },
      { path: 'dir', link: 'etc' },
    ],
    [{ path: 'x', link: 'y' }, { path: 'y', link: 'x' }, ...chain, file('l45'), { path: 'away', link: 'nothing' }],
  ]);
  assert.equal(composed.resolve('two'), 'etc/real');
  assert.equal(composed.resolve('dir/one'), 'etc/real');
  assert.equal(composed.resolve('/dir/../dir/real'), 'etc/real');
  assert.equal(composed.resolve('x'), null);
  assert.equal(composed.resolve('l0'), null);
  assert.equal(composed.resolve('l10'), 'l45');
  assert.equal(composed.resolve('away'), null);
  assert.equal(composed.resolve('etc/real/below'), null);
});

test('facts of files that are gone do not count against factBytes', async () => {
  const limits = { ...defaultLimits, factBytes: 150 };
  const database = (n: number) => [file('a.pkg', `one ${n}\ntwo ${n}\n`)];
  const layers = Array.from({ length: 10 }, (_, n) => database(n));
  const composed = await laid(layers, limits);
  assert.deepEqual(composed.notes, []);
  assert.deepEqual(
    composed.facts('line').flatMap(({ facts }) => facts.map(({ key }) => key)),
    ['one 9', 'two 9'],
  );
  const both = await laid([...layers, [file('b.pkg', 'one 1\ntwo 2\nthree 3\n')]], limits);
  assert.match(both.notes[0]!.problem, /facts are left out.*factBytes of 150/);
});

test('a folder may be marked as opaque, or taken away, many times in a layer', async () => {
  const composed = await laid([
    [file('d/old'), file('d/s/old')],
    [gone('d/.wh..wh..opq'), file('d/new'), gone('d/.wh..wh..opq'), gone('.wh.d'), file('d/s/new'), gone('d/.wh.s')],
    [file('d/s/newer'), gone('d/s/.wh..wh..opq'), gone('d/s/.wh..wh..opq')],
  ]);
  assert.deepEqual(paths(composed), ['d/', 'd/new', 'd/s/', 'd/s/newer']);
});

test('folders that no entry describes are made up to a number, and what would need more is a note', async () => {
  const deep = (n: number) => file(`${n}/${'d/'.repeat(1990)}x`);
  const composed = await laid([[...Array.from({ length: 130 }, (_, n) => deep(n)), file('last')]]);
  assert.equal(composed.count, 250_000 + 125 + 1);
  assert.match(composed.notes[0]!.problem, /left out: more than 250000 folders are in no entry of their own/);
  assert.equal(composed.notes.length, 5);
});

test('an entry behind links that go in circles is left out with a note', async () => {
  const composed = await laid([[{ path: 'x', link: 'x' }, file('x/a'), file('b')]]);
  assert.deepEqual(paths(composed), ['b', 'x']);
  assert.match(composed.notes[0]!.problem, /symlinkHops/);
});

test('names are listed in the order of their bytes, each folder before what is in it', async () => {
  const composed = await laid([[file('b/x'), file('b-c'), file('B'), file('\u{1f40b}'), file('\uffee')]]);
  assert.deepEqual(paths(composed), ['B', 'b/', 'b/x', 'b-c', '\uffee', '\u{1f40b}']);
});

test('a fact is as old as the layer since which it was never away', async () => {
  const composed = await laid([
    [file('packages.txt', 'kept 1\nupgraded 1\nback 1\n')],
    [file('packages.txt', 'kept 1\nupgraded 2\nadded 1\n')],
    [file('other')],
    [file('packages.txt', 'kept 1\nupgraded 2\nadded 1\nback 1\n')],
  ]);
  const since = (key: string) => composed.since('line', 'packages.txt', key);
  assert.deepEqual([since('kept 1'), since('upgraded 2'), since('added 1'), since('back 1')], [0, 1, 1, 3]);
  assert.equal(since('upgraded 1'), null);
});

test('a fact begins anew when its file was deleted in between, in a layer of its own or the same', async () => {
  const base = file('d/packages.txt', 'kept 1\n');
  const apart = await laid([[base], [gone('d/.wh.packages.txt')], [base]]);
  assert.equal(apart.since('line', 'd/packages.txt', 'kept 1'), 2);
  for (const top of [
    [gone('.wh.d'), base],
    [base, gone('.wh.d')],
  ]) {
    assert.equal((await laid([[base], top])).since('line', 'd/packages.txt', 'kept 1'), 1);
  }
});

test('a file written without facts breaks their history', async () => {
  const composed = await laid([[file('a.pkg', 'one 1\n')], [file('a.pkg', '')], [file('a.pkg', 'one 1\n')]]);
  assert.equal(composed.since('line', 'a.pkg', 'one 1'), 2);
});

test('what an analyzer said of a file that did not survive is not told', async () => {
  const composed = await laid([[file('a.pkg', '!'), file('b.pkg', '!')], [file('a.pkg', 'one 1\n')]]);
  assert.deepEqual(
    composed.notes.map(({ path }) => path),
    ['/b.pkg'],
  );
});

test('an image with more files than layerEntries is refused by the name of the limit', async () => {
  const many = (from: string) => Array.from({ length: 30 }, (_, i) => file(`${from}${i}`));
  await assert.rejects(laid([many('a'), many('b')], { ...defaultLimits, layerEntries: 50 }), {
    code: 'image/too-large',
    message: /layerEntries/,
  });
});

test('an image without layers is empty', async () => {
  const composed = await laid([]);
  assert.equal(composed.count, 0);
  assert.equal(composed.resolve('etc'), null);
  assert.equal(composed.resolve(''), '');
});
