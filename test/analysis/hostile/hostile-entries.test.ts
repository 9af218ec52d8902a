import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '#core/limits.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { zip } from '#test/feeds/zip.ts';
import { analyzeBuilt } from '#test/support/analyze-built.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { bdbFile, rpmHeader } from '#test/support/rpm-database.ts';
import { type BuildEntry, gnuLong, padded, paxHeader, tar, tarEntry, tarHeader } from '#test/support/tar-builder.ts';

/** Which test holds which case: see the README beside. Here each is an image, read with every analyzer there is. */
const npm = (name: string, folder = 'srv', version = '1.0.0'): BuildEntry => ({
  path: `${folder}/node_modules/${name}/package.json`,
  content: JSON.stringify({ name, version }),
});

/** What must be there whatever lies above it. */
const base = layer([
  { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.1\n' },
  { path: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\n\n' },
  npm('sail'),
  { path: 'srv/plain.json', content: '{"name":"plain","version":"1.0.0"}' },
  { path: 'd/a/b' },
]);

const rows = ({ packages }: ImageReport) => packages.map(({ name, version }) => `${name} ${version}`);
const deepJar = (depth: number) => {
  let jar = zip([{ name: 'META-INF/maven/g/keel/pom.properties', content: 'groupId=g\nartifactId=keel\nversion=1\n' }]);
  for (let level = 1; level < depth; level++) jar = zip([{ name: `lib/l${level}.jar`, content: jar, stored: true }]);
  return jar;
};
const long = 'n'.repeat(200);

interface Noted {
  readonly upper: readonly BuildEntry[] | Buffer;
  /** Path and problem of each note, in order. */
  readonly notes: readonly (readonly [string | null, RegExp])[];
  /** Packages beside those of the base. */
  readonly finds?: readonly string[];
  readonly limits?: Partial<Limits>;
}

/** What one entry does is a note, or nothing; all else of the image is there. */
const noted: Readonly<Record<string, Noted>> = {
  'names that climb out of the root are noted, absolute ones are taken from the root': {
    upper: [{ path: '../../etc/cron.d/x' }, { path: 'a/../../b' }, npm('mast', '/abs')],
    notes: [
      ['/../../etc/cron.d/x', /'\.\.'/],
      ['/a/../../b', /'\.\.'/],
    ],
    finds: ['mast 1.0.0'],
  },
  'what lies behind symbolic links in circles is noted': {
    upper: [{ path: 'x', link: 'y' }, { path: 'y', link: '/x' }, npm('lost', 'x'), npm('mast')],
    notes: [['/x/node_modules/lost/package.json', /symlinkHops/]],
    finds: ['mast 1.0.0'],
  },
  'links that climb out stay in the root': {
    upper: [
      { path: 'up', link: '../../../../srv' },
      npm('mast', 'up'),
      { path: 'etc/passwd', link: '../../../etc/shadow' },
    ],
    notes: [],
    finds: ['mast 1.0.0'],
  },
  'a hard link out of the root is noted': {
    upper: [{ path: 'srv/node_modules/x/package.json', type: 'hardlink', link: '../../etc/shadow' }],
    notes: [['/srv/node_modules/x/package.json', /'\.\.'/]],
  },
  'a hard link to a file of a layer below that nobody has read is noted, to one that was read it is read': {
    upper: [
      { path: 'srv/node_modules/plain/package.json', type: 'hardlink', link: 'srv/plain.json' },
      { path: 'opt/node_modules/sail/package.json', type: 'hardlink', link: 'srv/node_modules/sail/package.json' },
    ],
    notes: [['/srv/node_modules/plain/package.json', /hard link to '\/srv\/plain\.json' of a layer below/]],
  },
  'a folder that is taken away and replaced by a file is a file': {
    upper: [{ path: '.wh.d', content: '' }, { path: 'd' }, { path: 'd/.wh..wh..opq', content: '' }, npm('mast')],
    notes: [],
    finds: ['mast 1.0.0'],
  },
  'the last of several entries of a path counts': {
    upper: [npm('mast', 'srv', '1.0.0'), npm('mast', 'srv', '2.0.0'), npm('mast', 'srv', '3.0.0')],
    notes: [],
    finds: ['mast 3.0.0'],
  },
  'long names of pax and of GNU tar are read': {
    upper: Buffer.concat([
      tarEntry(npm('mast', `${long}/`.repeat(19))),
      gnuLong('L', `${long}/${long}/node_modules/boom/package.json`),
      tarHeader({ name: 'short', size: 33 }),
      padded(Buffer.from('{"name":"boom","version":"1.0.0"}')),
      tar([]),
    ]),
    notes: [],
    finds: ['boom 1.0.0', 'mast 1.0.0'],
  },
  'a path longer than any is noted': {
    upper: [npm('mast', `${long}/`.repeat(22)), npm('boom')],
    notes: [[null, /pathBytes/]],
    finds: ['boom 1.0.0'],
  },
  'sparse files with holes without end, in every form, are noted': {
    upper: Buffer.concat([
      paxHeader({ 'GNU.sparse.map': '0,512', 'GNU.sparse.size': String(2 ** 45), 'GNU.sparse.name': 'srv/a.jar' }),
      tarHeader({ name: 'GNUSparseFile.0/a.jar', size: 512 }),
      Buffer.alloc(512),
      tarHeader({
        ...{ name: 'srv/b.jar', flag: 'S', magic: 'ustar  \0', size: 512 },
        patches: { 386: '00000000000\0', 398: '00000001000\0', 483: '77777777777\0' },
      }),
      Buffer.alloc(512),
      paxHeader({
        'GNU.sparse.major': '1',
        'GNU.sparse.minor': '0',
        'GNU.sparse.realsize': String(2 ** 50),
        'GNU.sparse.name': 'srv/c.jar',
      }),
      tarHeader({ name: 'GNUSparseFile.0/c.jar', size: 1024 }),
      padded(Buffer.from('1\n0\n512\n')),
      Buffer.alloc(512),
      tar([npm('mast')]),
    ]),
    notes: [
      ['/srv/a.jar', /fileBytes/],
      ['/srv/b.jar', /fileBytes/],
      ['/srv/c.jar', /fileBytes/],
    ],
    finds: ['mast 1.0.0'],
  },
  'devices and pipes have nothing to read': {
    upper: [
      { path: 'srv/node_modules/x/package.json', type: 'fifo' },
      { path: 'usr/bin/python3.12', type: 'char' },
      { path: 'var/lib/dpkg/status', type: 'block' },
      npm('mast'),
    ],
    notes: [],
    finds: ['mast 1.0.0'],
  },
  'names that are not UTF-8 are names': {
    upper: Buffer.concat([
      tarHeader({ name: Buffer.from('srv/\xff\xfe/node_modules/mast/package.json', 'latin1'), size: 33 }),
      padded(Buffer.from('{"name":"mast","version":"1.0.0"}')),
      tar([]),
    ]),
    notes: [],
    finds: ['mast 1.0.0'],
  },
  'a jar a hundred deep is read as deep as the limit': {
    upper: [
      { path: 'srv/a.jar', content: deepJar(100) },
      { path: 'srv/b.jar', content: deepJar(3) },
    ],
    notes: [['/srv/a.jar', /lies deeper \(limit archiveDepth of 16\)/]],
    finds: ['g:keel 1'],
  },
  'a bomb in a jar, and an entry that lies about its size, are noted': {
    upper: [
      { path: 'srv/a.jar', content: zip([{ name: 'b.jar', content: Buffer.alloc(8_000_000) }]) },
      {
        path: 'srv/c.jar',
        content: zip([
          { name: 'META-INF/MANIFEST.MF', content: 'x'.repeat(9000), says: { size: 5 } },
          { name: 'd.jar', content: Buffer.alloc(9000), says: { size: 10 } },
        ]),
      },
      npm('mast'),
    ],
    notes: [
      ['/srv/a.jar', /archiveRatio/],
      ['/srv/c.jar', /d\.jar inflates to more than the 10 bytes/],
    ],
    finds: ['mast 1.0.0'],
  },
  'databases, documents and programs that are damaged are noted': {
    upper: [
      {
        path: 'var/lib/rpm/rpmdb.sqlite',
        content: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 0xff)]),
      },
      { path: 'srv/node_modules/x/package.json', content: '{"name":"x","version":' },
      {
        path: 'usr/bin/program',
        mode: 0o755,
        content: Buffer.from('\x7fELF\x02\x01\x01'.padEnd(4000, '\xff'), 'latin1'),
      },
      npm('mast'),
    ],
    notes: [
      ['/srv/node_modules/x/package.json', /not JSON/],
      ['/var/lib/rpm/rpmdb.sqlite', /rpm database/],
    ],
    finds: ['mast 1.0.0'],
  },
  'a Berkeley DB whose pages are gone is noted': {
    upper: [
      {
        path: 'var/lib/rpm/Packages',
        content: bdbFile([rpmHeader({ name: 'a', version: '1', release: '1' })]).fill(0xff, 4096),
      },
    ],
    notes: [['/var/lib/rpm/Packages', /rpm database/]],
  },
  'a file over the limit is noted': {
    upper: [{ path: 'srv/a.jar', content: Buffer.alloc(70_000, 'x') }, npm('mast')],
    limits: { fileBytes: 65_536 },
    notes: [['/srv/a.jar', /fileBytes of 65536/]],
    finds: ['mast 1.0.0'],
  },
  'thousands of empty files are files': {
    upper: Array.from({ length: 5000 }, (_, n) => ({ path: `many/${n}`, content: '' })),
    notes: [],
  },
};

for (const [name, { upper, notes, finds = [], limits = {} }] of Object.entries(noted)) {
  test(`${name}, and all else of the image is there`, async () => {
    const report = await analyzeBuilt(image({ layers: [base, layer(upper)] }), limits);
    const sorted = report.notes.toSorted((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1));
    const told = JSON.stringify(sorted, null, 1);
    assert.equal(sorted.length, notes.length, told);
    for (const [index, [path, form]] of notes.entries()) {
      if (path !== null) assert.equal(sorted[index]!.path, path, told);
      assert.match(sorted[index]!.problem, form);
    }
    assert.deepEqual(
      rows(report)
        .filter((row) => !/^l\d+ /.test(row))
        .sort(),
      ['musl 1.2.5-r0', 'sail 1.0.0', ...finds].sort(),
    );
  });
}
