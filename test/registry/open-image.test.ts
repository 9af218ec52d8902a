import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Digest, digestHex, digestOf } from '#core/digest.ts';
import type { Fault, FaultCode } from '#core/fault.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { openLayerBytes } from '#registry/layer-bytes.ts';
import type { ImageSource } from '#registry/layer-source.ts';
import { openImage } from '#registry/open-image.ts';
import type { OpenOptions } from '#registry/sources/source-kind.ts';
import {
  artifact,
  type Built,
  dockerEntries,
  image,
  index,
  layer,
  ociFiles,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
} from '#test/support/image-builder.ts';
import { type BuildEntry, tar } from '#test/support/tar-builder.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const world = { fetch: offlineFetch, clock: testClock() };
const open = async (source: string, options: Partial<OpenOptions> = {}) =>
  await openImage(world, source, { limits: defaultLimits, ...options });

const base = layer([{ path: 'etc/os-release', content: 'ID=test' }]);
const upper = layer([{ path: 'app', content: 'x'.repeat(3000) }], { compression: 'zstd' });
const plain = layer([{ path: 'plain', content: 'x' }], { compression: 'none' });
const one = image({ layers: [base, upper, plain], tag: '1.0' });
const two = image({ layers: [base], tag: '2.0', docker: true });
const arm = image({ layers: [base], platform: 'linux/arm64/v8' });
const amd = image({ layers: [upper] });

function refused(code: FaultCode, form: RegExp) {
  return (thrown: unknown) => {
    const { code: found, message } = thrown as Fault;
    assert.equal(found, code, String((thrown as Error).stack));
    assert.match(message, form);
    assert.doesNotMatch(message, /\n/);
    return true;
  };
}

/** The stored bytes of all layers. */
async function stored(source: ImageSource): Promise<Buffer[]> {
  const layers: Buffer[] = [];
  for (const { bytes } of source.layers) {
    assert.notEqual(bytes.kind, 'folder');
    const pieces: Uint8Array[] = [];
    const open = openLayerBytes(bytes as Exclude<typeof bytes, { kind: 'folder' }>);
    for await (const piece of open) pieces.push(piece);
    layers.push(Buffer.concat(pieces));
  }
  return layers;
}

test('an OCI layout opens as a folder, as a tar, and as a compressed tar', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writeOciLayout(at('layout'), [one]);
  await writeOciArchive(at('plain.tar'), [one]);
  await writeOciArchive(at('packed.tar.gz'), [one], 'gzip');
  await writeOciArchive(at('packed.tar.zst'), [one], 'zstd');
  const sources = [
    `oci:${at('layout')}`,
    `oci:${at('layout')}:1.0`,
    at('layout'),
    ...['plain.tar', 'packed.tar.gz', 'packed.tar.zst'].flatMap((name) => [
      `oci-archive:${at(name)}`,
      `oci-archive:${at(name)}:1.0`,
      `oci-archive:${at(name)}@${one.digest}`,
      at(name),
    ]),
  ];
  for (const source of sources) {
    await using opened = await open(source);
    assert.deepEqual([opened.reference, opened.digest, opened.parentDigest], [source, one.digest, null]);
    assert.equal(opened.manifest, one.bytes.toString());
    assert.deepEqual(
      [opened.config.digest, opened.config.os, opened.platform],
      [one.configDigest, 'linux', 'linux/amd64'],
    );
    assert.deepEqual(
      opened.layers.map(({ digest, diffId, mediaType, size }) => ({ digest, diffId, mediaType, size })),
      one.layers.map(({ digest, diffId, mediaType, bytes }) => ({ digest, diffId, mediaType, size: bytes.length })),
    );
    assert.deepEqual(
      await stored(opened),
      one.layers.map(({ bytes }) => bytes),
    );
  }
});

test('a compressed archive is inflated to a file that goes when the image is closed, and when it cannot be opened', async () => {
  await using folder = await temporaryFolder();
  const archive = join(folder.path, 'a.tar.gz');
  const spools = join(folder.path, 'spools');
  await mkdir(spools);
  await writeOciArchive(archive, [one], 'gzip');
  const temporaryFile = (name: string) => join(spools, name);
  {
    await using opened = await open(`oci-archive:${archive}`, { temporaryFile });
    assert.equal((await readdir(spools)).length, 1);
    assert.equal((await stored(opened)).length, 3);
  }
  assert.deepEqual(await readdir(spools), []);
  await assert.rejects(open(`oci-archive:${archive}:nope`, { temporaryFile }), refused('input/invalid', /'1\.0'/));
  const limits: Limits = { ...defaultLimits, layerInflatedBytes: 2000 };
  await assert.rejects(open(archive, { temporaryFile, limits }), refused('image/too-large', /layerInflatedBytes/));
  await truncate(archive, 300);
  await assert.rejects(
    open(archive, { temporaryFile }),
    refused('image/corrupt', /a\.tar\.gz' is damaged: gzip data is cut off/),
  );
  assert.deepEqual(await readdir(spools), []);
});

test('one image of several is chosen by its name, and the names are told', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'several.tar');
  await writeOciArchive(file, [one, two]);
  await using first = await open(`oci-archive:${file}:1.0`);
  await using second = await open(`${file}:2.0`);
  await using third = await open(`oci-archive:${file}@${two.digest}`);
  assert.deepEqual([first.digest, second.digest, third.digest], [one.digest, two.digest, two.digest]);
  await assert.rejects(
    open(`oci-archive:${file}`),
    refused('input/invalid', /choose one by adding :NAME of '1\.0', '2\.0'/),
  );
  await assert.rejects(
    open(`oci-archive:${file}:3.0`),
    refused('input/invalid', /no image named '3\.0'; it has '1\.0', '2\.0'/),
  );
  await assert.rejects(open(`oci-archive:${file}@${digestOf('x')}`), refused('image/corrupt', /does not hold it/));
});

test('a name may be whole, with registry and tag, and a path may have colons', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a:b.tar');
  await writeOciArchive(file, [
    { ...one, tag: 'docker.io/library/app:1.0' },
    { ...two, tag: 'docker.io/library/app:2.0' },
  ]);
  for (const name of ['docker.io/library/app:2.0', '2.0']) {
    await using opened = await open(`oci-archive:${file}:${name}`);
    assert.equal(opened.digest, two.digest);
  }
});

test('an image is chosen by platform, through nested indexes and lists without an index document', async () => {
  await using folder = await temporaryFolder();
  const file = async (name: string, images: readonly Built[]) => {
    await writeOciArchive(join(folder.path, name), images);
    return `oci-archive:${join(folder.path, name)}`;
  };
  const flat = index([amd, arm], { tag: 'x' });
  const nested = index([index([arm]), index([index([amd])])], { tag: 'x', docker: true });
  for (const built of [flat, nested]) {
    const source = await file('a.tar', [built]);
    await using usual = await open(source);
    assert.deepEqual([usual.digest, usual.parentDigest], [amd.digest, built.digest]);
    await using chosen = await open(source, { platform: 'linux/arm64' });
    assert.deepEqual([chosen.digest, chosen.platform], [arm.digest, 'linux/arm64/v8']);
    await assert.rejects(
      open(source, { platform: 'windows/amd64' }),
      refused('image/platform-missing', /linux\/arm64\/v8/),
    );
  }
  const list = await file('b.tar', [amd, arm]);
  await using listed = await open(list, { platform: 'arm64' });
  assert.deepEqual([listed.digest, listed.parentDigest], [arm.digest, null]);
  const deep = [1, 2, 3, 4, 5].reduce<Built>((built) => index([built]), amd);
  await assert.rejects(open(await file('c.tar', [deep])), refused('image/unsupported', /nested deeper than 4/));
});

test('an image for one platform is taken when none is asked for, and refused when another is', async () => {
  await using folder = await temporaryFolder();
  for (const [name, built] of [
    ['index.tar', index([arm])],
    ['alone.tar', arm],
  ] as const) {
    await writeOciArchive(join(folder.path, name), [built]);
    await using opened = await open(join(folder.path, name));
    assert.equal(opened.platform, 'linux/arm64/v8');
    await assert.rejects(
      open(join(folder.path, name), { platform: 'linux/amd64' }),
      refused('image/platform-missing', /is not built for linux\/amd64.*linux\/arm64\/v8/),
    );
  }
  const others = index([arm, image({ layers: [base], platform: 'linux/s390x' })]);
  await writeOciArchive(join(folder.path, 'others.tar'), [others]);
  await assert.rejects(
    open(join(folder.path, 'others.tar')),
    refused('image/platform-missing', /not built for linux\/amd64; choose one of: linux\/arm64\/v8, linux\/s390x/),
  );
});

test('attestations and artifacts in an index are no images', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  const attestation = { ...artifact(), platform: 'unknown/unknown' };
  const sbom = artifact({ artifactType: 'application/spdx+json' });
  await writeOciArchive(file, [index([attestation, sbom, arm])]);
  await using opened = await open(file);
  assert.equal(opened.digest, arm.digest);
  await writeOciArchive(file, [index([attestation, sbom])]);
  await assert.rejects(open(file), refused('image/not-an-image', /without any container image/));
  await writeOciArchive(file, [sbom]);
  await assert.rejects(open(file), refused('image/not-an-image', /is not an image: an SBOM/));
});

test('an index that does not tell platforms has its configs asked', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  await writeOciArchive(file, [index([arm, amd], { descriptor: () => ({ platform: undefined }) })]);
  await using usual = await open(file);
  assert.equal(usual.digest, amd.digest);
  await using chosen = await open(file, { platform: 'linux/arm64' });
  assert.equal(chosen.digest, arm.digest);
});

test('documents without media types are read by their shape', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  const bare = image({ layers: [base], manifest: { mediaType: undefined } });
  await writeOciArchive(file, [index([bare], { descriptor: () => ({ mediaType: undefined }) })]);
  await using opened = await open(file);
  assert.equal(opened.digest, bare.digest);
});

test('a docker archive opens, with its layers named by diff_id', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'saved.tar');
  const named = { ...one, tag: 'team/app:1.0' };
  for (const compression of ['none', 'gzip'] as const) {
    await writeDockerArchive(file, [named], compression);
    for (const source of [
      `docker-archive:${file}`,
      `docker-archive:${file}:team/app:1.0`,
      `docker-archive:${file}:app:1.0`,
      file,
    ]) {
      await using opened = await open(source);
      assert.deepEqual([opened.digest, opened.parentDigest, opened.manifest], [null, null, null]);
      assert.equal(opened.config.digest, one.configDigest);
      assert.deepEqual(
        opened.layers.map(({ digest, diffId, size }) => [digest, diffId, size]),
        one.layers.map(({ diffId, tar }) => [null, diffId, tar.length]),
      );
      assert.deepEqual(
        await stored(opened),
        one.layers.map(({ tar }) => tar),
      );
    }
  }
  await writeDockerArchive(file, [named, { ...two, tag: 'team/app:2.0' }]);
  await using chosen = await open(`docker-archive:${file}:team/app:2.0`);
  assert.equal(chosen.config.digest, two.configDigest);
  await assert.rejects(
    open(`docker-archive:${file}`),
    refused('input/invalid', /holds 2 images.*'team\/app:1\.0', 'team\/app:2\.0'/),
  );
  await assert.rejects(open(`docker-archive:${file}:3.0`), refused('input/invalid', /no image named '3\.0'/));
  await assert.rejects(
    open(file, { platform: 'linux/arm64' }).then(() => {}),
    refused('input/invalid', /choose one/),
  );
});

test('layers of a docker archive may be links to others, and may be compressed', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'saved.tar');
  const twice = image({ layers: [base, base, base, upper] });
  const name = (built: { diffId: Digest }) => `${digestHex(built.diffId)}/layer.tar`;
  const manifest = [
    {
      Config: `${digestHex(twice.configDigest)}.json`,
      RepoTags: null,
      Layers: [name(base), 'a/layer.tar', 'b/layer.tar', name(upper)],
    },
  ];
  const entries: BuildEntry[] = [
    { path: 'a/layer.tar', link: `../${name(base)}` },
    { path: name(base), content: base.tar },
    { path: 'b/layer.tar', type: 'hardlink', link: name(base) },
    { path: name(upper), content: upper.bytes },
    { path: `${digestHex(twice.configDigest)}.json`, content: twice.config },
    { path: './manifest.json', content: JSON.stringify(manifest) },
    { path: '../escape', content: 'ignored' },
  ];
  await writeFile(file, tar(entries));
  await using opened = await open(`docker-archive:${file}`);
  assert.deepEqual(await stored(opened), [base.tar, base.tar, base.tar, upper.bytes]);
  const loop = entries.map((entry) =>
    entry.path === name(base) ? { path: entry.path, link: '../a/layer.tar' } : entry,
  );
  await writeFile(file, tar(loop));
  await assert.rejects(open(`docker-archive:${file}`), refused('image/corrupt', /leads nowhere/));
  await writeFile(file, tar(entries.filter(({ path }) => path !== name(base))));
  await assert.rejects(open(`docker-archive:${file}`), refused('image/corrupt', /does not hold it/));
});

test('what docker 25 saves is read with its manifests', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'saved.tar');
  const oci = [...ociFiles([one])].map(([path, content]) => ({ path, content }));
  await writeFile(file, tar([...oci, ...dockerEntries([one])]));
  await using opened = await open(file);
  assert.equal(opened.digest, one.digest);
  await using asDocker = await open(`docker-archive:${file}`);
  assert.deepEqual([asDocker.digest, asDocker.config.digest], [null, one.configDigest]);
});

test('a folder opens as a file system', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'etc'));
  for (const source of [`rootfs:${folder.path}`, folder.path]) {
    await using opened = await open(source, { platform: 'linux/arm64' });
    assert.deepEqual([opened.digest, opened.config.digest, opened.manifest], [null, null, null]);
    assert.deepEqual(opened.layers, [
      {
        digest: null,
        diffId: null,
        mediaType: 'inode/directory',
        size: null,
        bytes: { kind: 'folder', path: folder.path },
      },
    ]);
  }
});

test('a layer of a kind that is not read is listed, and refused when it is read', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const foreign = image({ layers: [layer([], { mediaType }), base] });
  await writeOciArchive(file, [foreign]);
  await using opened = await open(file);
  assert.equal(opened.layers[0]!.mediaType, mediaType);
  await assert.rejects(stored(opened), refused('image/unsupported', /layer sha256:.* has media type .*foreign/));
});

test('every digest and size that is stated is verified', async () => {
  await using folder = await temporaryFolder();
  const at = join(folder.path, 'layout');
  const blob = (digest: Digest) => join(at, 'blobs/sha256', digestHex(digest));
  const tagged = index([amd], { tag: 'x' });
  const damaged = async (digest: Digest, change: (bytes: Buffer) => Buffer) => {
    await writeOciLayout(at, [tagged]);
    await writeFile(blob(digest), change(await readFile(blob(digest))));
  };
  const flip = (bytes: Buffer) => Buffer.from(bytes.toString().replace('linux', 'Linux').replace('2', '3'));
  for (const digest of [tagged.digest, amd.digest, amd.configDigest]) {
    await damaged(digest, flip);
    await assert.rejects(open(`oci:${at}`), refused('image/digest-mismatch', /changed or damaged/));
  }
  await damaged(upper.digest, (bytes) => bytes.subarray(1));
  await assert.rejects(open(`oci:${at}`), refused('image/corrupt', /bytes long, not \d+ as stated/));
  const lying = index([amd], { descriptor: (built) => ({ size: built.bytes.length + 1 }) });
  await writeOciLayout(at, [lying]);
  await assert.rejects(open(`oci:${at}`), refused('image/corrupt', /bytes long, not/));
});

test('documents that are no good are refused in one line', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  const bad: readonly (readonly [Built, FaultCode, RegExp])[] = [
    [
      image({ layers: [base], config: { rootfs: { diff_ids: [] } } }),
      'image/corrupt',
      /1 layers but its config names 0/,
    ],
    [image({ layers: [base], config: { rootfs: null } }), 'image/corrupt', /at 'rootfs'/],
    [
      image({ layers: [base], config: { rootfs: { diff_ids: ['md5:1'] } } }),
      'image/corrupt',
      /diff_id that is no sha256/,
    ],
    [image({ layers: [base], config: { history: 'x' } }), 'image/corrupt', /at 'history'/],
    [image({ layers: [base], config: { variant: 'v8\u0000' } }), 'image/corrupt', /at 'variant'/],
    [image({ layers: [base], config: { architecture: 'a'.repeat(101) } }), 'image/corrupt', /at 'architecture'/],
    [image({ layers: [base], manifest: { manifests: [] } }), 'image/corrupt', /at once/],
    [image({ layers: [base], manifest: { schemaVersion: 1 } }), 'image/unsupported', /schema 1/],
    [image({ layers: [base], manifest: { schemaVersion: 7 } }), 'image/corrupt', /at 'schemaVersion'/],
    [
      image({ layers: [base], manifest: { layers: [{ digest: `sha512:${'a'.repeat(128)}`, size: 1 }] } }),
      'image/unsupported',
      /only sha256/,
    ],
    [
      image({ layers: [base], manifest: { layers: [{ digest: base.digest, size: -1 }] } }),
      'image/corrupt',
      /layers\.0\.size/,
    ],
    [
      image({ layers: [base], config: { os: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) } }),
      'image/corrupt',
      /nested deeper than 100/,
    ],
  ];
  for (const [built, code, form] of bad) {
    await writeOciArchive(file, [built]);
    await assert.rejects(open(file), refused(code, form));
  }
  const limits = { ...defaultLimits, layers: 2 };
  await writeOciArchive(file, [one]);
  await assert.rejects(open(file, { limits }), refused('image/too-large', /3 layers; at most 2/));
  const small = { ...defaultLimits, documentBytes: 100 };
  await assert.rejects(open(file, { limits: small }), refused('image/too-large', /100/));
});

test('a config that leaves things out, and null lists as Go writes them, are read', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'a.tar');
  const empty = image({
    layers: [],
    manifest: { layers: null },
    config: { rootfs: { diff_ids: null }, history: null, os: '', architecture: undefined },
  });
  await writeOciArchive(file, [{ ...empty, platform: null }]);
  await using opened = await open(file);
  assert.deepEqual([opened.layers.length, opened.platform, opened.config.history], [0, 'linux/amd64', []]);
  const steps = image({
    layers: [base],
    config: {
      history: [{ created_by: 'ADD', created: 'then' }, { created_by: 'ENV', empty_layer: true, comment: 'c' }, {}],
    },
  });
  await writeOciArchive(file, [steps]);
  await using told = await open(file);
  assert.deepEqual(told.config.history, [
    { createdBy: 'ADD', created: 'then', emptyLayer: false, comment: null },
    { createdBy: 'ENV', created: null, emptyLayer: true, comment: 'c' },
    { createdBy: '', created: null, emptyLayer: false, comment: null },
  ]);
});

test('a file that is no image is refused with its name and what was expected', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'file.tar');
  const contents: readonly (readonly [Buffer | string, FaultCode, RegExp])[] = [
    ['', 'image/not-an-image', /file\.tar' holds no image: it is empty; expected/],
    ['hello', 'image/not-an-image', /it is no tar/],
    ['just some text\n'.repeat(100), 'image/not-an-image', /it is no tar/],
    [Buffer.from('504b0304'.repeat(400), 'hex'), 'image/not-an-image', /it is no tar/],
    [Buffer.alloc(10_240), 'image/not-an-image', /it is no tar/],
    [Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)), 'image/not-an-image', /it is no tar/],
    [tar([{ path: 'etc/passwd', content: 'root' }]), 'image/not-an-image', /tar without/],
    [layer([{ path: 'etc/passwd', content: 'root' }]).bytes, 'image/not-an-image', /tar without/],
    [layer(Buffer.from('text')).bytes, 'image/not-an-image', /no tar|empty|damaged/],
    [Buffer.from('fd377a585a000004', 'hex'), 'image/unsupported', /xz/],
    [tar([{ path: 'manifest.json', content: '[]' }]), 'image/not-an-image', /without any image/],
    [tar([{ path: 'manifest.json', content: '{"a":' }]), 'image/corrupt', /manifest\.json of '.*' is not JSON/],
    [tar([{ path: 'manifest.json', content: '[{"Layers":[]}]' }]), 'image/corrupt', /at '0\.Config'/],
    [
      tar([{ path: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' }]),
      'image/not-an-image',
      /without any image/,
    ],
    [tar([{ path: 'repositories', content: '{}' }]), 'image/unsupported', /before 1\.10/],
  ];
  for (const [content, code, form] of contents) {
    await writeFile(path, content);
    await assert.rejects(open(path), refused(code, form), String(content).slice(0, 20));
  }
});

test('an archive that is cut off is corrupt, wherever it is cut', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'cut.tar');
  await writeOciArchive(path, [one]);
  const whole = await readFile(path);
  const end = whole.length - 1024;
  for (let length = 600; length < end; length += 377) {
    await writeFile(path, whole.subarray(0, length));
    // Between two entries a tar without its end looks whole: then something that it names is missing.
    await assert.rejects(open(path), (thrown: Fault) => {
      assert.ok(['image/corrupt', 'image/not-an-image'].includes(thrown.code), `${length}: ${thrown.code}`);
      assert.ok(thrown.message.includes(path), thrown.message);
      return true;
    });
  }
});

test('a source that is not there is said so', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'nothing.tar');
  for (const kind of ['oci:', 'oci-archive:', 'docker-archive:', 'rootfs:', '']) {
    await assert.rejects(open(`${kind}${path}`), refused('input/invalid', /there is no (file|folder)/));
  }
  await assert.rejects(open('oci:'), refused('input/invalid', /does not say which/));
  await writeFile(path, 'x');
  await assert.rejects(open(`oci:${path}`), refused('input/invalid', /is a file; write oci-archive:/));
  await assert.rejects(open(`rootfs:${path}`), refused('input/invalid', /is a file, not a folder/));
  await assert.rejects(open(`oci-archive:${folder.path}`), refused('image/not-an-image', /it is no file/));
});

test('a name without a path is a registry reference, even when a folder is called so', async () => {
  await assert.rejects(open('alpine:3.20'), refused('network/offline', /./));
  await assert.rejects(open('layers'), refused('network/offline', /./));
  await assert.rejects(open('no-such-file.tar'), refused('network/offline', /./));
  await assert.rejects(open('Not A Reference'), refused('input/invalid', /not an image reference/));
});

test('a layout whose blobs are links is read, and a pipe in the place of a blob does not hold us', async () => {
  await using folder = await temporaryFolder();
  const at = join(folder.path, 'layout');
  await writeOciLayout(join(folder.path, 'shared'), [one]);
  await mkdir(at);
  await symlink('../shared/blobs', join(at, 'blobs'));
  await writeFile(join(at, 'index.json'), await readFile(join(folder.path, 'shared/index.json')));
  await using opened = await open(`oci:${at}`);
  assert.equal(opened.digest, one.digest);
});

const shared = new URL('../../../shared/images/', import.meta.url);
const absent = existsSync(shared) ? false : 'shared/images is not there';

interface Expected {
  readonly file: string;
  readonly images: readonly {
    readonly platform: string;
    readonly manifest: string | null;
    readonly config: string;
    readonly layers: readonly {
      readonly digest: string;
      readonly size: number;
      readonly diff_id: string;
      readonly mediaType: string;
    }[];
  }[];
}

test(`real images open with the digests that are known of them${absent ? ` (skipped: ${absent})` : ''}`, {
  skip: absent,
}, async () => {
  const expected = JSON.parse(await readFile(new URL('expected/images.json', shared), 'utf8')) as Record<
    string,
    Expected
  >;
  assert.ok(Object.keys(expected).length > 0);
  for (const { file, images } of Object.values(expected)) {
    for (const known of images) {
      const kind = known.manifest === null ? 'docker-archive' : 'oci-archive';
      const options = images.length > 1 ? { platform: known.platform } : {};
      for (const source of [`${kind}:${new URL(file, shared).pathname}`, new URL(file, shared).pathname]) {
        await using opened = await open(source, options);
        assert.deepEqual(
          [opened.digest, opened.config.digest, opened.platform],
          [known.manifest, known.config, known.platform],
        );
        assert.deepEqual(
          opened.layers.map(({ diffId, size }) => [diffId, size]),
          known.layers.map(({ diff_id, size }) => [diff_id, size]),
        );
        if (known.manifest === null) continue;
        assert.deepEqual(
          opened.layers.map(({ digest, mediaType }) => [digest, mediaType]),
          known.layers.map(({ digest, mediaType }) => [digest, mediaType]),
        );
      }
    }
  }
});
