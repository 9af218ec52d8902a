import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf } from '#core/digest.ts';
import type { FaultCode } from '#core/fault.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { analyzeBuilt } from '#test/support/analyze-built.ts';
import { type BuiltImage, type BuiltLayer, image, layer } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { type BuildEntry, tar, tarHeader } from '#test/support/tar-builder.ts';

const npm = (name: string, folder = 'srv', version = '1.0.0'): BuildEntry => ({
  path: `${folder}/node_modules/${name}/package.json`,
  content: JSON.stringify({ name, version }),
});

const base = layer([{ path: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\n\n' }, npm('sail')]);
const noPackages = tar([]);

const rows = ({ packages }: ImageReport) => packages.map(({ name, version }) => `${name} ${version}`);
const stored = (bytes: Buffer, content = noPackages): BuiltLayer => ({
  ...layer(content, { compression: 'none' }),
  mediaType: base.mediaType,
  bytes,
  digest: digestOf(bytes),
});
const plain = tar([npm('mast')]);

/** Layers that are stored in odd ways and say the same. */
const odd: Readonly<Record<string, BuiltLayer>> = {
  'gzip of several members': stored(
    Buffer.concat([gzipSync(plain.subarray(0, 600)), gzipSync(''), gzipSync(plain.subarray(600))]),
    plain,
  ),
  'gzip with bytes behind it': stored(Buffer.concat([gzipSync(plain), Buffer.alloc(3000, 'x')]), plain),
  'zstd of several frames': stored(
    Buffer.concat([zstdCompressSync(plain.subarray(0, 600)), zstdCompressSync(plain.subarray(600))]),
    plain,
  ),
  'no compression under the name of gzip': stored(plain, plain),
};

for (const [name, upper] of Object.entries(odd)) {
  test(`a layer in ${name} is read to its end`, async () => {
    const report = await analyzeBuilt(image({ layers: [base, upper] }));
    assert.deepEqual(rows(report), ['musl 1.2.5-r0', 'mast 1.0.0', 'sail 1.0.0']);
    assert.deepEqual(report.notes, []);
  });
}

test('an image without layers, with empty ones, or with one that comes again is told as it is', async () => {
  const none = await analyzeBuilt(image({ layers: [] }));
  assert.deepEqual([none.packages, none.files, none.notes], [[], 0, []]);
  const empty = layer([]);
  const nothing = layer(Buffer.alloc(0));
  const again = layer([npm('mast')]);
  const gone = layer([{ path: 'srv/.wh.node_modules', content: '' }]);
  const report = await analyzeBuilt(image({ layers: [base, empty, again, gone, nothing, empty, again] }));
  assert.deepEqual(rows(report), ['musl 1.2.5-r0', 'mast 1.0.0']);
  assert.equal(report.layers.length, 7);
  assert.deepEqual(report.notes, []);
});

const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
const noisy = tar([
  { path: 'noise', content: Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * n * 31) & 255)) },
]);
const zeros = () => {
  const size = 65 * 1024 * 1024;
  return Buffer.concat([tarHeader({ name: 'zeros', size }), Buffer.alloc(size + 1024)]);
};
const typed = (mediaType: string) => layer([npm('mast')], { mediaType });

/** What fails the image, by its reason. */
const failing: Readonly<Record<string, readonly [() => BuiltImage, FaultCode, RegExp]>> = {
  'a header with a wrong checksum': [
    over(Buffer.concat([tarHeader({ name: 'x', checksum: 'wrong' }), plain])),
    'image/corrupt',
    /checksum/,
  ],
  'a negative size': [
    over(Buffer.concat([tarHeader({ name: 'x', size: Buffer.alloc(12, 0xff) }), plain])),
    'image/corrupt',
    /impossible size/,
  ],
  'a size beyond all': [
    over(Buffer.concat([tarHeader({ name: 'x', size: 8 ** 11 - 1 }), plain])),
    'image/corrupt',
    /cut off/,
  ],
  'a tar that is cut in the middle': [over(cut(noisy)), 'image/corrupt', /cut off/],
  'gzip that is cut in the middle': [
    () => image({ layers: [base, stored(cut(gzipSync(noisy)), noisy)] }),
    'image/corrupt',
    /layer sha256:/,
  ],
  'zstd that is cut in the middle': [
    () => image({ layers: [base, stored(cut(zstdCompressSync(noisy)), noisy)] }),
    'image/corrupt',
    /layer sha256:/,
  ],
  'a bomb in gzip': [() => bomb(gzipSync), 'image/too-large', /limit layerRatio/],
  'a bomb in zstd': [() => bomb(zstdCompressSync), 'image/too-large', /limit layerRatio/],
  'a compression that engines do not write': [
    () => image({ layers: [base, stored(Buffer.from('fd377a585a000004', 'hex'))] }),
    'image/unsupported',
    /xz/,
  ],
  'a foreign layer': [
    () => image({ layers: [base, typed('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')] }),
    'image/unsupported',
    /foreign/,
  ],
  'a layer that is encrypted': [
    () => image({ layers: [base, typed('application/vnd.oci.image.layer.v1.tar+gzip+encrypted')] }),
    'image/unsupported',
    /encrypted/,
  ],
  'a layer of a type that nobody knows': [
    () => image({ layers: [base, typed('application/vnd.example.layer.v9+brotli')] }),
    'image/unsupported',
    /vnd\.example/,
  ],
  'a layer that is not what its diff_id says': [
    () => image({ layers: [base, { ...layer([npm('mast')]), diffId: base.diffId }] }),
    'image/digest-mismatch',
    /digest/,
  ],
  'a config without diff_ids': [
    () => image({ layers: [base], config: { rootfs: { type: 'layers' } } }),
    'image/corrupt',
    /rootfs|names 0/,
  ],
  'a config with too few diff_ids': [
    () => image({ layers: [base, base], config: { rootfs: { type: 'layers', diff_ids: [base.diffId] } } }),
    'image/corrupt',
    /2 layers but its config names 1/,
  ],
  'more layers than the limit': [
    () => image({ layers: Array.from({ length: 513 }, () => base) }),
    'image/too-large',
    /513 layers; at most 512/,
  ],
};

/** Hardly more than is inflated before the ratio is looked at. */
function bomb(compress: (bytes: Buffer) => Buffer): BuiltImage {
  const bytes = zeros();
  return image({ layers: [base, stored(compress(bytes), bytes)] });
}

function over(content: Buffer): () => BuiltImage {
  return () => image({ layers: [base, layer(content)] });
}

for (const [name, [build, code, form]] of Object.entries(failing)) {
  test(`${name} fails the image with its reason`, async () => {
    await assert.rejects(analyzeBuilt(build()), isFault(code, form));
  });
}
