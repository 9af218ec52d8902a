import assert from 'node:assert/strict';
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { digestHex } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { pushImage } from '#registry/client/push-image.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import { openImage } from '#registry/open-image.ts';
import { parseReference } from '#registry/reference.ts';
import { layoutFolder } from '#registry/sources/layout-folder.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import { startPushRegistry } from '#test/fakes/push-registry.ts';
import { openAnalyzerBench, until } from '#test/support/analyzer-bench.ts';
import { type BuiltImage, image, index, layer, writeOciLayout } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { repositoryOf, startRegistry } from '#test/support/registry-server.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';
import { type BuildRequest, buildImage } from '../../tools/build-image.ts';
import { bundleTasks } from '../../tools/bundle-tasks.ts';
import { type ImageFile, imageTar } from '../../tools/image-tar.ts';

const world = { clock: testClock(undefined, { selfWinding: true }), fetch: systemFetch() };

const base = image({
  layers: [
    layer([{ path: 'etc/os-release', content: 'ID=debian\n' }]),
    layer([{ path: 'usr/local/bin/node', content: 'not really', mode: 0o755 }], { compression: 'zstd' }),
  ],
  platform: 'linux/arm64',
  config: {
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin', 'NODE_VERSION=24.0.0'],
      Entrypoint: ['docker-entrypoint.sh'],
      Cmd: ['node'],
    },
    container: 'left over',
  },
  docker: true,
});
const intel = image({ layers: base.layers, platform: 'linux/amd64' });

const files: readonly ImageFile[] = [
  { path: 'app/feeds.mjs', content: Buffer.from('feeds') },
  { path: 'app/analyzer.mjs', content: Buffer.from('analyzer') },
];

interface Bench extends AsyncDisposable {
  readonly path: string;
  build(out: string, changed?: Partial<BuildRequest>): ReturnType<typeof buildImage>;
}

async function openBench(images: readonly BuiltImage[] = [base]): Promise<Bench> {
  const folder = await temporaryFolder();
  const layout = join(folder.path, 'base');
  await writeOciLayout(layout, images.length === 1 ? images : [index(images)]);
  return {
    path: folder.path,
    build: (out, changed = {}) =>
      buildImage(world, {
        ...{ base: `oci:${layout}`, out: join(folder.path, out), platform: 'linux/arm64', files, credentials: null },
        ...changed,
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** The files of the last layer of a layout. */
async function filesOf(layout: string): Promise<ReadonlyMap<string, Buffer>> {
  await using opened = await openImage(world, `oci:${layout}`, { limits: defaultLimits, platform: 'linux/arm64' });
  const { bytes } = opened.layers.at(-1)!;
  assert.notEqual(bytes.kind, 'folder');
  const found = new Map<string, Buffer>();
  for await (const entry of tarEntries(inflate(openLayerBytes(bytes as never)), defaultLimits)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of entry.body) pieces.push(piece);
    if (entry.type === 'file') found.set(entry.path, Buffer.concat(pieces));
  }
  return found;
}

test('the image is its base and one layer with the bundles, run by node as nobody in particular', async () => {
  await using bench = await openBench();
  const digest = await bench.build('out');
  await using built = await openImage(world, `oci:${join(bench.path, 'out')}`, { limits: defaultLimits });
  assert.equal(built.digest, digest);
  assert.equal(built.platform, 'linux/arm64');
  assert.deepEqual(
    built.layers.slice(0, 2).map(({ digest: stored, diffId }) => [stored, diffId]),
    base.layers.map(({ digest: stored, diffId }) => [stored, diffId]),
  );
  const { config, container, history } = built.config.raw as {
    readonly config: Readonly<Record<string, unknown>>;
    readonly container?: unknown;
    readonly history: readonly unknown[];
  };
  const { Labels, ...run } = config;
  assert.deepEqual(run, {
    Env: ['PATH=/usr/local/bin:/usr/bin', 'NODE_VERSION=24.0.0'],
    Entrypoint: ['node'],
    Cmd: ['analyzer.mjs'],
    WorkingDir: '/app',
    User: '1000:1000',
    Volumes: { '/tmp': {} },
  });
  assert.equal((Labels as Record<string, string>)['org.opencontainers.image.base.digest'], base.digest);
  assert.equal(container, undefined);
  assert.equal(history.length, 3);
  assert.deepEqual(
    [...(await filesOf(join(bench.path, 'out')))].map(([path, content]) => [path, content.toString()]),
    [
      ['app/analyzer.mjs', 'analyzer'],
      ['app/feeds.mjs', 'feeds'],
    ],
  );
});

test('the same base and files give the same image, in another folder, in another order and over an older layout', async () => {
  await using bench = await openBench();
  const digest = await bench.build('one');
  await bench.build('two', { files: [{ path: 'app/other.mjs', content: Buffer.from('other') }] });
  assert.equal(await bench.build('two', { files: files.toReversed() }), digest);
  for (const path of ['index.json', 'oci-layout', `blobs/sha256/${digestHex(digest)}`]) {
    const [one, two] = await Promise.all(['one', 'two'].map((out) => readFile(join(bench.path, out, path))));
    assert.deepEqual(one, two, path);
  }
});

test('of a base for several platforms the one of the tasks is taken; without it nothing is built', async () => {
  await using bench = await openBench([intel, base]);
  await bench.build('out');
  await using built = await openImage(world, `oci:${join(bench.path, 'out')}`, { limits: defaultLimits });
  assert.equal(built.platform, 'linux/arm64');
  await using other = await openBench([intel, image({ layers: intel.layers, platform: 'linux/s390x' })]);
  await assert.rejects(other.build('out'), isFault('image/platform-missing'));
});

test('a base of a registry is taken by its digest only, and verified', async () => {
  await using bench = await openBench();
  await using good = await startRegistry({ node: repositoryOf([base]) });
  const pinned = `${good.host}/node:24-slim@${base.digest}`;
  assert.equal(await bench.build('pinned', { base: pinned }), await bench.build('local'));
  const tag = { base: `${good.host}/node:24-slim` };
  await assert.rejects(bench.build('tag', tag), isFault('input/invalid', /not pinned/));
  const damaged = base.layers[0]!.digest;
  await using bad = await startRegistry({ node: repositoryOf([base]) }, { damaged });
  await assert.rejects(
    bench.build('bad', { base: `${bad.host}/node@${base.digest}` }),
    isFault('image/digest-mismatch', new RegExp(damaged)),
  );
  await assert.rejects(
    openImage(world, `oci:${join(bench.path, 'bad')}`, { limits: defaultLimits }),
    isFault('image/not-an-image'),
  );
});

test('a folder with other things in it is left alone', async () => {
  await using bench = await openBench();
  await mkdir(join(bench.path, 'home'));
  await writeFile(join(bench.path, 'home', 'thesis.txt'), 'all of it');
  await assert.rejects(bench.build('home'), isFault('input/invalid'));
  assert.equal(await readFile(join(bench.path, 'home', 'thesis.txt'), 'utf8'), 'all of it');
});

test('the image is pushed to a registry and comes back the same', async () => {
  await using bench = await openBench();
  const digest = await bench.build('out');
  await using registry = await startPushRegistry({ tokens: true });
  const target = parseReference(`${registry.host}/plimsoll:current`);
  const options = { credentials: null, plainHttp: null, limits: defaultLimits };
  assert.equal(await pushImage(world, layoutFolder(join(bench.path, 'out')), target, options), digest);
  await using pulled = await openImage(world, `${registry.host}/plimsoll:current`, {
    limits: defaultLimits,
    platform: 'linux/arm64',
  });
  assert.equal(pulled.digest, digest);
});

test('a tar names every folder once, before what is in it, and takes no name that it cannot hold', () => {
  const tar = imageTar([
    { path: 'a/b/two', content: Buffer.alloc(513) },
    { path: 'a/one', content: Buffer.alloc(0) },
  ]);
  const names = [0, 1, 2, 5].map((at) => tar.toString('latin1', at * 512, at * 512 + 10).replace(/\0.*/s, ''));
  assert.deepEqual(names, ['a/', 'a/b/', 'a/b/two', 'a/one']);
  assert.equal(tar.length % 512, 0);
  assert.throws(() => imageTar([{ path: `a/${'x'.repeat(100)}`, content: Buffer.alloc(0) }]));
});

test('the bundles are the same twice, and the analyzer of the image analyzes an image, large layers on its threads', async () => {
  const bundles = bundleTasks('app');
  assert.deepEqual(bundles, bundleTasks('app'));
  await using bench = await openBench();
  await bench.build('out', { files: bundles });
  const inside = await filesOf(join(bench.path, 'out'));
  assert.ok(inside.has('app/feeds.mjs'));
  for (const [path, content] of inside) {
    await mkdir(dirname(join(bench.path, path)), { recursive: true });
    await writeFile(join(bench.path, path), content);
  }
  await using aws = await openAnalyzerBench();
  const large = Buffer.alloc(9 * 1024 * 1024, `built by ${process.pid}`);
  const scanned = image({ layers: [layer([{ path: 'srv/large', content: large }], { compression: 'none' })] });
  await aws.admit(scanned);
  await aws.send(scanned);
  await using task = aws.start({ program: join(bench.path, 'app/analyzer.mjs') });
  await until('the image to be analyzed', async () => {
    assert.doesNotMatch(task.said(), /step failed/);
    return (await aws.image(scanned)).state === 'matching' ? true : null;
  });
});

test('a layer is gzip without the name of a machine in it', async () => {
  await using bench = await openBench();
  await bench.build('out');
  await using built = await openImage(world, `oci:${join(bench.path, 'out')}`, { limits: defaultLimits });
  const stored = await readFile(join(bench.path, 'out/blobs/sha256', digestHex(built.layers.at(-1)!.digest!)));
  assert.deepEqual([...stored.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  assert.deepEqual(gunzipSync(stored), imageTar(files));
});
