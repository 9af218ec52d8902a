import { zip } from '#test/feeds/zip.ts';
import { bdbFile, ndbFile, rpmHeader } from '#test/support/rpm-database.ts';
import { type BuildEntry, padded, paxHeader, tarEntry, tarHeader } from '#test/support/tar-builder.ts';
import {
  apkDatabase,
  deepJar,
  dpkgStanza,
  goModules,
  hostileGo,
  laughs,
  lying,
  lyingHeader,
  manyJars,
  packageLock,
  program,
  secretLines,
  sections,
  sqlitePages,
} from './hostile-files.ts';
import { base256, nearlyZeros, repeatedFile } from './large-files.ts';
import { flatBomb, overlappingEntries, quine } from './zip-bombs.ts';

/** An image that means harm. */
export interface HostileCase {
  readonly name: string;
  /** Tars of the layers, in pieces. */
  layers(): Iterable<Iterable<Uint8Array>>;
  /** Options of the command. */
  readonly options?: readonly string[];
}

const GB = 1e9;
const MB = 1e6;

/** The image that all others stand beside. */
export const oneFile: HostileCase = { name: 'one file', layers: () => [tars([{ path: 'hello', content: 'world' }])] };

export const hostileCases: readonly HostileCase[] = [
  one('300,000 empty files', () => times(300_000, (n) => ({ path: `srv/${n % 1000}/file-${n}`, content: '' }))),
  raw('5 GB of zeros', () => repeatedFile('srv/zeros', 5 * GB, Buffer.alloc(1024))),
  raw('5 GB at a ratio of 150', () => repeatedFile('srv/zeros', 5 * GB, nearlyZeros())),
  raw('a sparse file of 5 GB in a jar', () => sparse('srv/app.jar', 5 * GB)),
  raw('a jar of 2 GB', () => repeatedFile('srv/app.jar', 2 * GB, nearlyZeros())),
  raw('a program of 1 GB', () => repeatedFile('usr/bin/python3.12', 1 * GB, program())),
  one('a jar 100 deep', () => [{ path: 'srv/a.jar', content: deepJar(100) }]),
  one('a flat jar bomb (4 GB)', () => [{ path: 'srv/a.jar', content: flatBomb(4 * GB) }]),
  one('a jar of jars, 16 in 16, six deep', () => [{ path: 'srv/a.jar', content: quine(16, 6) }]),
  one('a jar of overlapping entries', () => [{ path: 'srv/a.jar', content: overlappingEntries(60_000) }]),
  one('a jar of 60,000 jars with a name', () => [{ path: 'srv/a.jar', content: manyJars(60_000) }]),
  { name: '1,000 layers', layers: () => times(1000, (n) => tars([{ path: `srv/${n}`, content: String(n) }])) },
  { name: '500 layers', layers: () => times(500, (n) => tars([{ path: `srv/${n}`, content: String(n) }])) },
  {
    name: '500 layers with the same 500 packages each',
    layers: () =>
      times(500, (n) =>
        tars([
          { path: 'lib/apk/db/installed', content: apkDatabase(500) },
          { path: 'n', content: String(n) },
        ]),
      ),
  },
  one('200,000 symlinks in chains', () =>
    times(200_000, (n) => ({ path: `l/${n}`, link: n % 50 === 49 ? '/nowhere' : `../l/${n + 1}` })),
  ),
  one('100,000 entries behind chains of links', () => [
    ...times(40, (n) => ({ path: `l${n}`, link: n === 39 ? '/d' : `/l${n + 1}` })),
    ...times(100_000, (n) => ({
      path: `l${n % 5}/node_modules/m${n}/package.json`,
      content: '{"name":"a","version":"1"}',
    })),
  ]),
  one('20,000 paths of 4,000 bytes', () =>
    times(20_000, (n) => ({ path: `${`${'d'.repeat(200)}/`.repeat(19)}${n}`, content: '' })),
  ),
  one('paths 2,000 folders deep', () =>
    times(2000, (n) => ({ path: `${n}/${'d/'.repeat(1990)}package.json`, content: '{"name":"a","version":"1"}' })),
  ),
  one('300,000 hard links to one package.json', () => [
    { path: 'srv/a.json', content: '{"name":"a","version":"1"}' },
    ...times(
      300_000,
      (n): BuildEntry => ({ path: `srv/node_modules/m${n}/package.json`, type: 'hardlink', link: 'srv/a.json' }),
    ),
  ]),
  one('300,000 entries that climb out', () => times(300_000, (n) => ({ path: `../../${n}`, content: '' }))),
  one('300,000 whiteouts', () => times(300_000, (n) => ({ path: `srv/.wh.${n}`, content: '' }))),
  {
    name: '100,000 opaque marks on a folder of 100,000 files',
    layers: () => [
      tars(times(1000, (n) => ({ path: `srv/old-${n}`, content: '' }))),
      tars([
        ...times(100_000, (n) => ({ path: `srv/${n}`, content: '' })),
        ...times(100_000, () => ({ path: 'srv/.wh..wh..opq', content: '' })),
      ]),
    ],
  },
  one('20,000 jars with a jar in each', () => times(20_000, (n) => ({ path: `srv/${n}.jar`, content: deepJar(2) }))),
  raw('an extended header of 1 GB', function* () {
    yield tarHeader({ name: 'PaxHeaders/0', flag: 'x', size: 1 * GB });
    yield* repeatedFile('srv/x', 1 * GB, nearlyZeros());
  }),
  raw('a package.json of 1 GB', () =>
    repeatedFile('srv/node_modules/a/package.json', 1 * GB, Buffer.from('[1,2,{"a":"b"}],')),
  ),
  raw('a package.json of 60 MB of lists', () =>
    repeatedFile('srv/node_modules/a/package.json', 60 * MB, Buffer.from('[],'.repeat(1000))),
  ),
  one('a package.json of 60 MB of one text', () => [json(`{"name":"a","version":"1","x":"${'y'.repeat(60 * MB)}"}`)]),
  one('a package.json of 2,900,000 values', () => [
    json(`{"name":"a","version":"1","x":[${'{},'.repeat(1_450_000)}0]}`),
  ]),
  one('a package.json 10,000,000 deep', () => [json('['.repeat(10 * MB))]),
  one('20 package-lock.json of 50 MB', () =>
    times(20, (n) => ({ path: `srv/${n}/package-lock.json`, content: packageLock(50 * MB) })),
  ),
  one('a pnpm-lock.yaml of 20 MB', () => [
    {
      path: 'srv/pnpm-lock.yaml',
      content: `lockfileVersion: '9.0'\npackages:\n${Array.from({ length: 400_000 }, (_, n) => `  a${n}@1.0.${n}:\n    resolution: {integrity: x}\n`).join('')}`,
    },
  ]),
  one('YAML of anchors in anchors', () => [
    {
      path: 'srv/pnpm-lock.yaml',
      content: `lockfileVersion: '9.0'\na0: &a0 [x]\n${Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`).join('\n')}\n`,
    },
  ]),
  one('a pom of entities in entities', () => [
    { path: 'srv/a.jar', content: zip([{ name: 'META-INF/maven/g/a/pom.xml', content: laughs() }]) },
  ]),
  one('a Cargo.lock of 50 MB', () => [
    {
      path: 'srv/Cargo.lock',
      content: `version = 4\n${Array.from({ length: 800_000 }, (_, n) => `[[package]]\nname = "a${n}"\nversion = "1.0.${n}"\n`).join('')}`,
    },
  ]),
  one('an rpm database that lies (Berkeley DB)', () => [
    { path: 'var/lib/rpm/Packages', content: lying(bdbFile([rpmHeader({ name: 'a', version: '1', release: '1' })])) },
  ]),
  one('an rpm header that claims 268 MB', () => [
    { path: 'var/lib/rpm/Packages.db', content: ndbFile([lyingHeader()]) },
  ]),
  raw('an rpm database of 1 GB of pages', () => repeatedFile('var/lib/rpm/rpmdb.sqlite', 1 * GB, sqlitePages())),
  raw('a dpkg status of 1 GB', () => repeatedFile('var/lib/dpkg/status', 1 * GB, Buffer.from(dpkgStanza(1)))),
  one('a dpkg status of 300,000 packages', () => [
    { path: 'var/lib/dpkg/status', content: Array.from({ length: 300_000 }, (_, n) => dpkgStanza(n)).join('') },
  ]),
  one('100,000 package.json, 2 kB kept of each', () =>
    times(100_000, (n) => ({
      path: `srv/node_modules/m${n}/package.json`,
      content: JSON.stringify({
        name: `m${n}`,
        version: '1.0.0',
        author: 'x'.repeat(250),
        homepage: `https://example.test/${'h'.repeat(1500)}`,
        license: 'MIT',
      }),
    })),
  ),
  raw('a passwd of 1 GB', () => repeatedFile('etc/passwd', 1 * GB, Buffer.from('root:x:0:0:root:/root:/bin/sh\n'))),
  one('a passwd of 30 MB of accounts', () => [
    {
      path: 'etc/passwd',
      content: Array.from({ length: 700_000 }, (_, n) => `u${n}:x:${n}:0::/root:/bin/sh\n`).join(''),
    },
  ]),
  one('100,000 setuid files', () => times(100_000, (n) => ({ path: `usr/bin/p${n}`, mode: 0o4755, content: '' }))),
  one('1,000 files of 64 kB, every secret pattern in them', () =>
    times(1000, (n) => ({ path: `srv/${n}.env`, content: secretLines(60_000) })),
  ),
  {
    name: 'a file of 60 MB, every secret pattern a million times',
    layers: () => [repeatedFile('srv/a.env', 60 * MB, Buffer.from(secretLines(6000)))],
    options: ['--search-size', '100MiB'],
  },
  one('a Go program with varints without end', () => [
    { path: 'usr/bin/go-program', mode: 0o755, content: hostileGo() },
  ]),
  one('a Go program of 2,000,000 modules', () => [{ path: 'usr/bin/go-program', mode: 0o755, content: goModules() }]),
  raw('a program of 500 MB of magic numbers', () =>
    repeatedFile(
      'usr/bin/x',
      500 * MB,
      Buffer.from('\x7fELF\x02\x01\x01\xff Go buildinf:Python 3.12.1\0nginx/1.2\0', 'latin1'),
    ),
  ),
  one('an ELF of 65,535 sections', () => [{ path: 'usr/bin/y', mode: 0o755, content: sections() }]),
];

function one(name: string, entries: () => Iterable<BuildEntry>): HostileCase {
  return { name, layers: () => [tars(entries())] };
}

function raw(name: string, pieces: () => Iterable<Uint8Array>): HostileCase {
  return { name, layers: () => [pieces()] };
}

function* tars(entries: Iterable<BuildEntry>): Generator<Uint8Array> {
  for (const entry of entries) yield tarEntry(entry);
}

function* times<T>(count: number, make: (n: number) => T): Generator<T> {
  for (let n = 0; n < count; n++) yield make(n);
}

function json(content: string): BuildEntry {
  return { path: 'srv/node_modules/a/package.json', content };
}

/** As GNU tar writes it since 1.14 (pax 1.0): one piece of data at the end of a hole. */
function* sparse(path: string, size: number): Generator<Uint8Array> {
  const map = padded(Buffer.from(`1\n${size - 512}\n512\n`));
  yield paxHeader({
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': path,
    'GNU.sparse.realsize': String(size),
  });
  yield tarHeader({ name: 'GNUSparseFile.0/app.jar', size: base256(map.length + 512) });
  yield map;
  yield Buffer.alloc(512, 'PK');
}
