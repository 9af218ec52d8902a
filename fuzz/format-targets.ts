import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync, inflateRawSync, zstdCompressSync } from 'node:zlib';
import { assemble } from '#analysis/assemble.ts';
import { analyzers } from '#analysis/analyzers.ts';
import { java } from '#analysis/analyzers/java.ts';
import { rpm } from '#analysis/analyzers/rpm.ts';
import { openZip, zipEntries } from '#analysis/archives/zip.ts';
import { compose } from '#analysis/compose.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { readLayer } from '#analysis/read-layer.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { parsePurl } from '#core/parse-purl.ts';
import { bunzip2 } from '#registry/inflate/bunzip2.ts';
import { unxz } from '#registry/inflate/unxz.ts';
import { inflate } from '#registry/layer-bytes.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import { zip } from '#test/feeds/zip.ts';
import { bdbFile, insertHeaders, ndbFile, rpmHeader, sqliteFile } from '#test/support/rpm-database.ts';
import { type BuildEntry, tar } from '#test/support/tar-builder.ts';
import { xz } from '#test/support/xz-builder.ts';
import { analyzerTarget } from './analyzer-target.ts';
import type { FuzzTarget, Seed } from './fuzz-target.ts';

/** What is read below and beside the analyzers. Files that are made of `files` are as large as a layer of one case. */
export function formatTargets(files: () => readonly Seed[]): readonly FuzzTarget[] {
  return [
    {
      name: 'tar',
      seeds: () => tars(),
      run: async (_, bytes) => {
        for await (const { body, type } of tarEntries(once(bytes), limits)) {
          if (type === 'file') for await (const piece of body) void piece;
        }
      },
    },
    {
      name: 'inflate',
      seeds: () =>
        tars().flatMap(({ bytes, ...seed }) =>
          [gzipSync(bytes), zstdCompressSync(bytes), two(bytes)].map((it) => ({ ...seed, bytes: it })),
        ),
      run: (_, bytes) => drain(inflate(once(bytes))),
    },
    {
      name: 'bzip2',
      seeds: () => [seedOf('a.bz2', readFileSync(join(registry, 'inflate/fixtures/three-blocks.bz2')))],
      run: (_, bytes) => drain(bunzip2(once(bytes))),
    },
    {
      name: 'xz',
      seeds: () => tars().map(({ bytes, ...seed }) => ({ ...seed, bytes: xz(bytes) })),
      run: (_, bytes) => drain(unxz(once(bytes))),
    },
    { name: 'layer', seeds: () => caseTars(files()), run: async (_, bytes) => await readWhole([bytes]) },
    {
      name: 'layers',
      seeds: () => [seedOf('layers', Buffer.from(Array.from({ length: 400 }, (_, index) => (index * 37) & 255)))],
      run: async (_, bytes) => await readWhole(layersOf(bytes)),
    },
    made('rpm-database', rpm, rpmSeeds()),
    made(
      'rpm-log',
      rpm,
      [{ ...logged(), case: 'rpm/log' }],
      [seedOf('var/lib/rpm/rpmdb.sqlite', sqliteFile(headers).database, 'rpm/log')],
    ),
    jarTarget(files),
    { name: 'purl', seeds: () => purls, run: (_, bytes) => void parsePurl(Buffer.from(bytes).toString()) },
  ];
}

const registry = join(import.meta.dirname, '../test/registry');

/** Bombs end early: an input is to be read in milliseconds. */
const limits: Limits = { ...defaultLimits, layerInflatedBytes: 64 * 1024 * 1024, layerEntries: 20_000 };

function seedOf(path: string, bytes: Uint8Array, group = 'made'): Seed {
  return { path, mode: 0o644, bytes, case: group };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** As a layer pass does, which holds inflated bytes against their limit. */
async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > limits.layerInflatedBytes) return;
  }
}

function two(bytes: Uint8Array): Buffer {
  return Buffer.concat([gzipSync(bytes.subarray(0, 700)), gzipSync(bytes.subarray(700)), Buffer.alloc(100)]);
}

function tars(): readonly Seed[] {
  const folder = join(registry, 'fixtures');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.gz'))
    .sort()
    .map((name) => seedOf(name, gunzipSync(readFileSync(join(folder, name)))));
}

/** A tar of each case, as far as it is small. */
function caseTars(files: readonly Seed[]): readonly Seed[] {
  const cases = Map.groupBy(files, (seed) => seed.case);
  return [...cases]
    .map(([name, seeds]) =>
      seedOf(name, tar(seeds.map(({ path, mode, bytes }): BuildEntry => ({ path, mode, content: bytes })))),
    )
    .filter(({ bytes }) => bytes.length < 256 * 1024);
}

/** Reads layers with every analyzer, lays them over each other and makes packages of them. */
async function readWhole(layers: readonly Uint8Array[]): Promise<void> {
  const read = layers.map((bytes, index) => {
    const open = async () => once(bytes);
    const source: SourceLayer = {
      digest: null,
      diffId: null,
      mediaType: '',
      size: null,
      bytes: { kind: 'stream', open },
    };
    const options = { analyzers, limits, temporaryPath: join(tmpdir(), 'plimsoll-fuzz') };
    return { diffId: `sha256:${index}`, records: readLayer(source, options) };
  });
  const composed = await compose(read, analyzers, limits);
  const assembled = assemble(
    composed,
    read.map(({ diffId }) => diffId),
    analyzers,
    limits,
  );
  JSON.stringify(assembled);
  for (const _ of composed.files());
}

const names = [
  'a',
  'b',
  'a/a',
  'a/b',
  'a/b/c',
  'b/a',
  '.wh.a',
  'a/.wh.b',
  'a/.wh..wh..opq',
  '.wh..wh..opq',
  './',
  '../a',
  '/b',
  'c.jar',
  'etc/os-release',
  '.wh..wh.plnk',
  'a/.wh.',
];
const targets = [
  'a',
  'b',
  '/a',
  '../b',
  '..',
  '.',
  '/',
  'a/b',
  'c',
  '',
  'a/../a',
  'nowhere',
  '/../../../a',
  'a/b/c/../../..',
];
const types = ['file', 'file', 'file', 'dir', 'symlink', 'hardlink', 'fifo', 'char'] as const;

/** Layers of entries that hide, replace and lead to each other, a few bytes an entry. */
function layersOf(bytes: Uint8Array): readonly Uint8Array[] {
  const layers: BuildEntry[][] = [[]];
  for (let at = 0; at + 3 < bytes.length && at < 4000; at += 4) {
    const [name, kind, to, break_] = bytes.subarray(at, at + 4) as unknown as [number, number, number, number];
    const type = types[kind % types.length]!;
    const link = type === 'symlink' || type === 'hardlink' ? { link: targets[to % targets.length]! } : {};
    if (break_ < 30) layers.push([]);
    layers.at(-1)!.push({ path: names[name % names.length]!, type, content: 'x', ...link });
  }
  return layers.slice(0, 40).map((entries) => tar(entries));
}

const headers = Array.from({ length: 8 }, (_, index) =>
  rpmHeader({
    name: `p${index}`,
    version: '1',
    release: '2',
    epoch: index,
    arch: 'noarch',
    source: 'p-1-2.src.rpm',
    license: 'MIT',
    files: ['/usr/a', '/usr/b/c'],
    padding: index * 300,
  }),
);

function rpmSeeds(): readonly Seed[] {
  return [
    seedOf('var/lib/rpm/rpmdb.sqlite', sqliteFile(headers, { pageSize: 512 }).database, 'rpm/sqlite'),
    seedOf('var/lib/rpm/Packages.db', ndbFile(headers), 'rpm/ndb'),
    seedOf('var/lib/rpm/Packages', bdbFile(headers, false, 512), 'rpm/bdb'),
    seedOf('var/lib/rpm/Packages', bdbFile(headers.slice(0, 1), true), 'rpm/header'),
  ];
}

function logged(): Seed {
  const { log } = sqliteFile(headers.slice(0, 4), {
    pageSize: 512,
    logged: (database) => insertHeaders(database, headers.slice(4)),
  });
  return seedOf('var/lib/rpm/rpmdb.sqlite-wal', log);
}

/** An analyzer over files that are made here, beside others of their case. */
function made(name: string, analyzer: typeof rpm, seeds: readonly Seed[], beside: readonly Seed[] = []): FuzzTarget {
  return { ...analyzerTarget(analyzer, () => [...seeds, ...beside]), name };
}

/** What stands in jars is damaged before it is packed: damage to the archive hardly reaches it. */
function jarTarget(files: () => readonly Seed[]): FuzzTarget {
  const target = analyzerTarget(java, () => []);
  return {
    name: 'jar-content',
    seeds: () =>
      files()
        .filter(({ path }) => /\.[jwe]ar$/.test(path))
        .flatMap(contentOf),
    run: (seed, bytes) => {
      const content = Buffer.from(bytes);
      const inner = zip([
        { name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n' },
        { name: seed.path, content },
      ]);
      return target.run(
        { ...seed, path: 'a.war' },
        zip([
          { name: seed.path, content },
          { name: 'WEB-INF/lib/b-1.0.jar', content: inner, stored: true },
        ]),
      );
    },
  };
}

/** The texts in an archive that tell what it is. */
function contentOf({ bytes, case: group }: Seed): Seed[] {
  const opened = openZip(memoryAccess(bytes));
  if (opened === null) return [];
  return [...zipEntries(opened)]
    .filter(({ name, size }) => /MANIFEST\.MF$|\.properties$|pom\.xml$/.test(name) && size < 100_000)
    .flatMap(({ name, method, packedSize, offset }) => {
      const at = opened.start + offset;
      const head = Buffer.from(bytes.subarray(at, at + 30));
      const from = at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
      const packed = bytes.subarray(from, from + packedSize);
      return [{ path: name, mode: 0o644, bytes: method === 8 ? inflateRawSync(packed) : packed, case: group }];
    });
}

const purls = [
  'pkg:npm/%40a/b@1.0?x=y#z',
  'pkg:deb/debian/a%2Bb@1:2-3?arch=amd64&distro=debian-12',
  'pkg:generic/a',
].map((text) => seedOf('purl', Buffer.from(text)));
