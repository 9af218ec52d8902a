import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { npm } from '#analysis/analyzers/npm.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

const json = (fields: object) => JSON.stringify({ name: 'x', version: '1.0.0', ...fields });

test('a package.json is a package right inside a module folder, a project outside all of them, and nothing deeper inside', () => {
  for (const [path, source] of [
    ['app/node_modules/x/package.json', null],
    ['app/node_modules/@scope/x/package.json', null],
    ['node_modules/a/node_modules/x/package.json', null],
    ['node_modules/a/dist/node_modules/x/package.json', null],
    ['node_modules/.pnpm/x@1.0.0/node_modules/x/package.json', null],
    ['node_modules/.pnpm/@s+x@1.0.0_react@18.2.0/node_modules/@s/x/package.json', null],
    ['node_modules/.bun/x@1.0.0/node_modules/x/package.json', null],
    ['node_modules/.store/x-npm-1.0.0-0123456789/package/package.json', null],
    ['node_modules/.store/x@1.0.0/node_modules/x/package.json', null],
    ['node_modules/_x@1.0.0@x/package.json', null],
    ['node_modules/@x/test/node_modules/x/package.json', null],
    ['usr/lib/node_modules_20/npm/package.json', null],
    ['usr/share/nodejs/x/package.json', null],
    ['usr/lib/x86_64-linux-gnu/nodejs/@s/x/package.json', null],
    ['package.json', 'root'],
    ['srv/app/package.json', 'root'],
    ['srv/app/packages/a/package.json', 'root'],
    ['opt/yarn-v1.22.19/package.json', 'root'],
    ['node_modules/package.json', 'elsewhere'],
    ['node_modules/x/lib/package.json', 'elsewhere'],
    ['node_modules/x/dist/esm/package.json', 'elsewhere'],
    ['node_modules/@scope/package.json', 'elsewhere'],
    ['node_modules/@scope/x/esm/package.json', 'elsewhere'],
    ['node_modules/.x-Ab12Cd34/package.json', 'elsewhere'],
    ['node_modules/@s/.x-Ab12Cd34/package.json', 'elsewhere'],
    ['node_modules/resolve/test/resolver/node_modules/x/package.json', 'elsewhere'],
    ['node_modules/@s/a/fixtures/node_modules/x/package.json', 'elsewhere'],
    ['usr/share/nodejs/x/lib/package.json', 'elsewhere'],
    ['node_modules/x/not-package.json', 'elsewhere'],
  ] as const) {
    const { packages } = analyzeFiles(npm, { [path]: json({}) });
    assert.deepEqual(
      packages.map((found) => found.source),
      source === 'elsewhere' ? [] : [source],
      path,
    );
  }
});

test('the name is the one of the file, not of the folder, and its scope is the namespace of the package URL', () => {
  const { packages } = analyzeFiles(npm, {
    'node_modules/alias/package.json': json({ name: '@scope/real', version: '2.0.0-rc.1+build' }),
  });
  assert.equal(packages[0]?.name, '@scope/real');
  assert.equal(packages[0]?.purl, 'pkg:npm/%40scope/real@2.0.0-rc.1%2Bbuild');
});

test('licences and authors are read in every form that npm has had', () => {
  for (const [fields, licenses] of [
    [{ license: 'MIT' }, ['MIT']],
    [{ license: '(MIT OR Apache-2.0)' }, ['MIT', 'Apache-2.0']],
    [{ license: { type: 'BSD-3-Clause', url: 'https://example.org' } }, ['BSD-3-Clause']],
    [{ licenses: [{ type: 'MIT' }, { type: 'GPLv2' }] }, ['MIT', 'GPL-2.0-only']],
    [{ licenses: ['MIT', 7, null] }, ['MIT']],
    [{ license: 'SEE LICENSE IN LICENSE.md' }, ['SEE LICENSE IN LICENSE.md']],
    [{ license: 12 }, []],
    [{}, []],
  ] as const) {
    const { packages } = analyzeFiles(npm, { 'node_modules/x/package.json': json(fields) });
    assert.deepEqual(packages[0]?.licenses, licenses, JSON.stringify(fields));
  }
  for (const [fields, vendor] of [
    [{ author: 'Jo <jo@example.org> (https://example.org)' }, 'Jo <jo@example.org> (https://example.org)'],
    [{ author: { name: 'Jo', email: 'jo@example.org' } }, 'Jo <jo@example.org>'],
    [{ author: {}, maintainers: [{ name: 'Al' }] }, 'Al'],
    [{ author: ['nobody', 3] }, 'nobody'],
    [{ author: 5 }, null],
  ] as const) {
    const { packages } = analyzeFiles(npm, { 'node_modules/x/package.json': json(fields) });
    assert.equal(packages[0]?.vendor, vendor, JSON.stringify(fields));
  }
});

test('a package.json without name or version is no package', () => {
  for (const text of [
    '{}',
    '{"type":"module"}',
    '{"name":"x"}',
    '{"version":"1.0.0"}',
    '{"name":"","version":"1"}',
    '{"name":null,"version":"1"}',
  ]) {
    assert.deepEqual(analyzeFiles(npm, { 'node_modules/x/package.json': text }), { packages: [], notes: [] }, text);
  }
});

test('what cannot be read is a note, and the other packages are found all the same', () => {
  const path = 'node_modules/x/package.json';
  for (const [text, problem] of [
    ['{"name": "x",', /is not JSON/],
    ['["x"]', /no object/],
    ['null', /no object/],
    [`${'['.repeat(1_000_000)}`, /is not JSON/],
    [json({ name: 'a b' }), /name is not a valid npm package name/],
    [json({ name: '../../x' }), /name is not a valid/],
    [json({ name: 'a'.repeat(215) }), /name is not a valid/],
    [json({ version: 3 }), /version is not a version text/],
    [json({ version: '1'.repeat(257) }), /version is not a version text/],
    [' '.repeat(5 * 1024 * 1024), /5242880 bytes; JSON is read up to 4194304/],
  ] as const) {
    const { packages, notes } = analyzeFiles(npm, { [path]: text, 'node_modules/y/package.json': json({ name: 'y' }) });
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['y'],
    );
    assert.equal(notes.length, 1, text.slice(0, 40));
    assert.match(notes[0]!, problem);
  }
});

test('templates and tool files outside module folders are no packages, and only broken JSON is worth a note', () => {
  assert.deepEqual(analyzeFiles(npm, { 'app/package.json': json({ name: '{{ name }}' }) }), {
    packages: [],
    notes: [],
  });
  assert.equal(analyzeFiles(npm, { 'app/package.json': '{ {{#if x}} }' }).notes.length, 1);
});

test('a byte order mark and versions as old npm wrote them are understood', () => {
  const { packages } = analyzeFiles(npm, { 'node_modules/x/package.json': `\ufeff${json({ version: ' =v1.2.3 ' })}` });
  assert.equal(packages[0]?.version, '1.2.3');
});

test('members called like parts of JavaScript objects do no harm', () => {
  const { packages } = analyzeFiles(npm, {
    'node_modules/x/package.json':
      '{"__proto__":{"name":"evil","version":"6"},"constructor":{},"name":"hasOwnProperty","version":"1.0.0"}',
  });
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    ['hasOwnProperty 1.0.0'],
  );
});

test('what a package needs and its homepage are kept', () => {
  const { packages } = analyzeFiles(npm, {
    'node_modules/x/package.json': json({
      homepage: ' https://example.org ',
      dependencies: { b: '^1', '@s/a': '2', '../c': '3' },
      optionalDependencies: { b: '^1', d: '4' },
      devDependencies: { e: '5' },
      peerDependencies: { f: '6' },
    }),
    'node_modules/y/package.json': json({ name: 'y', dependencies: ['b'], homepage: {} }),
  });
  assert.deepEqual(
    packages.map(({ name, requires, metadata }) => [name, requires, metadata]),
    [
      ['x', ['@s/a', 'b', 'd'], { homepage: 'https://example.org' }],
      ['y', undefined, undefined],
    ],
  );
});

test('packages that Yarn runs out of archives are installed, with those bundled in them', () => {
  const archive = zipOf({
    'node_modules/@s/x/package.json': json({ name: '@s/x' }),
    'node_modules/@s/x/esm/package.json': '{"type": "module"}',
    'node_modules/@s/x/node_modules/y/package.json': json({ name: 'y', version: '2.0.0' }),
    'node_modules/@s/x/index.js': 'no JSON',
  });
  for (const [path, count] of [
    ['srv/app/.yarn/cache/@s-x-npm-1.0.0-3911094464-d67226ff7a.zip', 2],
    ['root/.yarn/berry/cache/@s-x-npm-1.0.0-3911094464-10c0.zip', 2],
    ['srv/app/cache/@s-x-npm-1.0.0.zip', 0],
    ['srv/app/.yarn/cache/more/@s-x-npm-1.0.0.zip', 0],
  ] as const) {
    const { packages, notes } = analyzeFiles(npm, { [path]: archive });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      packages.map(({ name, version, source, declared, inside }) => [name, version, source, declared, inside]),
      [
        ['@s/x', '1.0.0', null, undefined, 'node_modules/@s/x/package.json'],
        ['y', '2.0.0', null, undefined, 'node_modules/@s/x/node_modules/y/package.json'],
      ].slice(0, count),
      path,
    );
  }
});

test('an archive of Yarn that is damaged is a note, and a damaged package in it hides no other', () => {
  const good = zipOf({ 'node_modules/x/package.json': '{', 'node_modules/y/package.json': json({ name: 'y' }) });
  const cut = zipOf({ 'node_modules/z/package.json': json({ name: 'z' }) }).subarray(0, 60);
  const { packages, notes } = analyzeFiles(npm, { '.yarn/cache/good.zip': good, '.yarn/cache/cut.zip': cut });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['y'],
  );
  assert.deepEqual(notes, [
    '.yarn/cache/good.zip: node_modules/x/package.json is not JSON',
    '.yarn/cache/cut.zip: is no zip archive, as the packages are that Yarn runs',
  ]);
});

/** A zip archive of stored files (PKWARE APPNOTE 4.3). */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, body] = [Buffer.from(path), Buffer.from(text)];
    const head = Buffer.alloc(26);
    head.writeUInt32LE(crc32(body), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(body.length, 18);
    head.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\x03\x04'), head, name, body);
    directory.push(Buffer.from('PK\x01\x02\0\0'), head, place, name);
    offset += 30 + name.length + body.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
