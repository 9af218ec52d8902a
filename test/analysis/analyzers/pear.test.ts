import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pear } from '#analysis/analyzers/pear.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

/** A text as PHP's serialize() writes arrays of texts. */
function serialized(value: unknown): string {
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const members = Object.entries(value as object);
  return `a:${members.length}:{${members.map(([key, one]) => serialized(key) + serialized(one)).join('')}}`;
}

const entry = { name: 'redis', channel: 'pecl.php.net', version: { release: '5.3.7', api: '5.3.0' } };

test('an entry of a registry is a package, its channel is the one it names, else that of its folder, else PEAR', () => {
  for (const [path, fields, source] of [
    ['usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg', entry, 'pecl.php.net'],
    ['usr/share/php/.registry/.channel.example.org/redis.reg', { ...entry, channel: '' }, 'example.org'],
    ['.registry/.channel.example.org/redis.reg', { name: 'redis', version: '5.3.7' }, 'example.org'],
    ['usr/share/php/.registry/redis.reg', { package: 'redis', version: '5.3.7' }, 'pear.php.net'],
  ] as const) {
    const { packages } = analyzeFiles(pear, { [path]: serialized(fields) });
    assert.deepEqual(
      packages.map(({ name, version }) => `${name} ${version}`),
      ['redis 5.3.7'],
      path,
    );
    assert.equal(packages[0]?.source, source, path);
  }
});

test('other files beside the registry are no packages', () => {
  for (const path of [
    'usr/share/php/.channels/pear.php.net.reg',
    'x/.registry/a/b.reg',
    'x/redis.reg',
    '.registry/redis.txt',
  ]) {
    assert.equal(pear.wants(path, 100, 0o644), false, path);
  }
});

test('licence, author, files and needs are read whether they stand once or several times', () => {
  const { packages } = analyzeFiles(pear, {
    '.registry/redis.reg': serialized({
      ...entry,
      license: { attribs: { uri: 'x' }, _content: 'PHP License' },
      lead: { '0': { name: 'Jo', email: 'jo@example.org' }, '1': { name: 'Al' } },
      filelist: { a: { installed_as: '/usr/lib/php/redis.so' }, b: { role: 'doc' }, c: { installed_as: '../x' } },
      dependencies: { required: { package: [{ name: 'igbinary' }, { name: 'msgpack' }, { name: 'igbinary' }] } },
    }),
  });
  assert.deepEqual(packages[0]?.licenses, ['PHP License']);
  assert.equal(packages[0]?.vendor, 'Jo <jo@example.org>');
  assert.deepEqual(packages[0]?.files, ['/usr/lib/php/redis.so']);
  assert.deepEqual(packages[0]?.requires, ['igbinary', 'msgpack']);
});

test('what cannot be read is a note, and the other packages are found all the same', () => {
  for (const [text, problem] of [
    ['a:1:{', /no serialized PHP value/],
    ['i:1;', /no entry of a registry/],
    [serialized({ ...entry, name: '../x' }), /names no package/],
    [serialized({ name: 'x', version: { api: '1' } }), /gives no version of 'x'/],
  ] as const) {
    const { packages, notes } = analyzeFiles(pear, { '.registry/a.reg': text, '.registry/b.reg': serialized(entry) });
    assert.equal(packages.length, 1, text);
    assert.match(notes.join(), problem);
  }
});
