import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { silentLog } from '#core/log.ts';
import { openLocalPlatform } from '#platform/local/local-platform.ts';
import { defaultBundle } from '#policy/default-bundle.ts';
import { scanReport } from '#schema/scan-report.ts';
import { zip } from '#test/feeds/zip.ts';
import { plimsoll } from '#test/support/command-line.ts';
import {
  type BuiltImage,
  image,
  index,
  layer,
  ociFiles,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
} from '#test/support/image-builder.ts';
import { tar } from '#test/support/tar-builder.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { ubuntuImage, writeUbuntu } from '#test/support/ubuntu-image.ts';

const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const data = at('data');
const mirror = at('mirror');
const offline = ['--data', data, '--offline'];
const judged = ['--data', data, '--feeds-mirror', mirror];

const installed = (name: string, version: string) => ({
  path: `srv/node_modules/${name}/package.json`,
  content: JSON.stringify({ name, version, license: 'MIT' }),
});
const osRelease = {
  path: 'etc/os-release',
  content: 'ID=alpine\nVERSION_ID=3.99.1\nPRETTY_NAME="Alpine Linux v3.99"\n',
};
const first = layer([osRelease, installed('left-pile', '1.2.3')]);
const second = layer([installed('right-pile', '2.0.0')], { compression: 'zstd' });
const app = image({ layers: [first, second], tag: '1.0' });
const arm = image({ layers: [first], platform: 'linux/arm64' });
const header = 'type\tname\tversion\tarch\tsource\tpath\n';
const rows = [
  'npm\tleft-pile\t1.2.3\t\t\t/srv/node_modules/left-pile/package.json\n',
  'npm\tright-pile\t2.0.0\t\t\t/srv/node_modules/right-pile/package.json\n',
] as const;

before(async () => {
  const advisory = {
    schema_version: '1.6.0',
    id: 'GHSA-0000-0000-0001',
    modified: '2026-01-01T00:00:00Z',
    aliases: ['CVE-2026-0001'],
    database_specific: { severity: 'HIGH' },
    affected: [
      {
        package: { ecosystem: 'npm', name: 'left-pile' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.4' }] }],
      },
    ],
  };
  const path = join(mirror, 'storage.googleapis.com/osv-vulnerabilities/npm');
  await mkdir(path, { recursive: true });
  await writeFile(
    join(path, 'all.zip'),
    zip([{ name: 'GHSA-0000-0000-0001.json', content: JSON.stringify(advisory) }]),
  );
  await writeOciArchive(at('app.tar'), [app]);
  await writeFile(
    at('lax.json'),
    JSON.stringify({ ...defaultBundle, policies: [{ ...defaultBundle.policies[0], rules: [] }] }),
  );
});

after(() => folder[Symbol.asyncDispose]());

const app1 = `oci-archive:${at('app.tar')}`;
const refused = async (argv: readonly string[], line: RegExp) => {
  const { code, out, err } = await plimsoll(argv);
  assert.deepEqual([code, out], [2, ''], err);
  assert.match(err, /^plimsoll: .+ \([a-z]+\/[a-z-]+\)\n$/);
  assert.match(err, line);
  return err;
};
const storedBlobs = async () =>
  (await readdir(join(data, 'blobs'), { recursive: true })).filter((name) => /~/.test(name));
const readJson = (text: string) => scanReport.parse(JSON.parse(text));

test('an image is scanned; the second time no layer is read', async () => {
  const scan = await plimsoll(['scan', app1, ...offline, '-o', 'json']);
  assert.deepEqual([scan.code, scan.err], [0, '']);
  const report = readJson(scan.out);
  assert.equal(report.image.digest, app.digest);
  assert.equal(report.image.configDigest, app.configDigest);
  assert.deepEqual(
    report.image.layers.map(({ digest, diffId, cached }) => ({ digest, diffId, cached })),
    [first, second].map(({ digest, diffId }) => ({ digest, diffId, cached: false })),
  );
  assert.deepEqual(
    report.packages.map(({ name, layer: from }) => [name, from]),
    [
      ['left-pile', first.diffId],
      ['right-pile', second.diffId],
    ],
  );
  const again = readJson((await plimsoll(['scan', app1, ...offline, '-o', 'json'])).out);
  assert.ok(again.image.layers.every(({ cached }) => cached));
  assert.deepEqual(again.packages, report.packages);
});

test('an image is built on one that was scanned before and whose layers it begins with', async () => {
  const lower = image({ layers: [first], tag: '9' });
  await writeOciArchive(at('lower.tar'), [lower]);
  const source = `oci-archive:${at('lower.tar')}`;
  const own = ['--data', at('bases'), '--feeds-mirror', mirror];
  const built = async () => {
    const { out } = await plimsoll(['scan', app1, ...own, '-o', 'json']);
    return scanReport.parse(JSON.parse(out)).image.base;
  };
  assert.equal(await built(), null);
  await plimsoll(['scan', source, ...own]);
  // An image is not built on itself.
  assert.equal(
    scanReport.parse(JSON.parse((await plimsoll(['scan', source, ...own, '-o', 'json'])).out)).image.base,
    null,
  );
  assert.deepEqual(await built(), { reference: source, digest: lower.digest, layers: 1, by: 'layers' });
  const { out } = await plimsoll(['scan', app1, ...own]);
  assert.match(out, /^built on oci-archive:.*lower\.tar \(layer 1\)$/m);
  assert.match(out, /^1 of 1 finding comes from the base image$/m);
});

test('offline without feeds says what was not judged, and that nothing was found does not read as safe', async () => {
  const { code, out } = await plimsoll(['scan', app1, ...offline, '-o', 'json']);
  const report = readJson(out);
  assert.deepEqual([code, report.verdict.action], [0, 'warn']);
  const feed = report.notes.filter(({ analyzer }) => analyzer === 'feed osv:npm');
  assert.match(feed[0]?.problem ?? '', /never fetched: nothing is judged by it; run `plimsoll feeds sync`/);
  const table = await plimsoll(['scan', app1, ...offline]);
  assert.match(table.out, /No findings, but not everything was judged\./);
  assert.doesNotMatch(table.out, /No known vulnerabilities/);
});

test('what a feed knows is found, and the policy stops it: exit 1', async () => {
  const scan = await plimsoll(['scan', app1, ...judged, '-o', 'json']);
  assert.deepEqual([scan.code, scan.err], [1, '']);
  const report = readJson(scan.out);
  assert.deepEqual([report.verdict.action, report.verdict.status], ['stop', 'fail']);
  const [finding] = report.findings;
  assert.deepEqual(
    [report.findings.length, finding?.package.name, finding?.fixedIn, finding?.layer],
    [1, 'left-pile', ['1.2.4'], first.diffId],
  );
  assert.deepEqual([finding?.id, ...(finding?.aliases ?? [])].sort(), ['CVE-2026-0001', 'GHSA-0000-0000-0001']);
  // What was fetched stays, and is used without any network.
  const later = await plimsoll(['scan', app1, ...offline, '-o', 'json']);
  assert.equal(later.code, 1);
  assert.deepEqual(readJson(later.out).findings, report.findings);
});

test('a scan waits for a feed that takes minutes where it judges the distribution, unless it is told not to', async () => {
  await writeUbuntu(mirror);
  await writeOciArchive(at('ubuntu.tar'), [ubuntuImage('1.0')]);
  const scanned = async (...more: readonly string[]) =>
    readJson((await plimsoll(['scan', `oci-archive:${at('ubuntu.tar')}`, ...judged, '-o', 'json', ...more])).out);
  const hurried = await scanned('--no-wait');
  assert.deepEqual(hurried.findings, []);
  const [note] = hurried.notes.filter(({ analyzer }) => analyzer === 'feed ubuntu');
  assert.match(
    note?.problem ?? '',
    /never fetched: nothing is judged by it; it is fetched by 'plimsoll feeds sync ubuntu'/,
  );
  const patient = await scanned();
  assert.deepEqual(
    patient.findings.map(({ id }) => id),
    ['CVE-2031-0001'],
  );
  assert.ok(
    patient.feeds.every(({ group }) => group !== 'nvd'),
    'ratings are waited for by nobody',
  );
});

test('whoever sees findings that nobody rated is told where ratings are', async () => {
  const unrated = at('unrated');
  const path = join(unrated, 'storage.googleapis.com/osv-vulnerabilities/npm');
  await mkdir(path, { recursive: true });
  const affected = [{ package: { ecosystem: 'npm', name: 'left-pile' }, versions: ['1.2.3'] }];
  const content = JSON.stringify({ id: 'GHSA-0000-0000-0002', modified: '2026-01-01T00:00:00Z', affected });
  await writeFile(join(path, 'all.zip'), zip([{ name: 'GHSA-0000-0000-0002.json', content }]));
  const notes = async (from: string) => {
    const scan = await plimsoll(['scan', app1, '--data', `${from}-data`, '--feeds-mirror', from, '-o', 'json']);
    return readJson(scan.out).notes.flatMap(({ analyzer, problem }) => (analyzer === 'match' ? [problem] : []));
  };
  assert.deepEqual(
    [await notes(unrated), await notes(mirror)],
    [
      [
        "1 finding is rated by nobody whose ratings are here; nvd may: it is fetched by 'plimsoll feeds sync nvd' and then kept fresh",
      ],
      [],
    ],
  );
});

test('another bundle decides otherwise: exit 0', async () => {
  const { code, out } = await plimsoll(['scan', app1, ...judged, '--policy', at('lax.json'), '-o', 'json']);
  assert.equal(code, 0);
  assert.deepEqual([readJson(out).findings.length, readJson(out).verdict.action], [1, 'go']);
});

test('the bundle’s mappings see the tag that is given', async () => {
  const mappings = [{ ...defaultBundle.mappings[0], registry: 'example.org', repository: 'shop/*' }];
  await writeFile(at('shop.json'), JSON.stringify({ ...defaultBundle, mappings }));
  const scan = (...more: string[]) =>
    plimsoll(['scan', app1, ...judged, '--policy', at('shop.json'), '-o', 'json', ...more]);
  const mapped = await scan('--tag', 'example.org/shop/web:1');
  assert.deepEqual([mapped.code, readJson(mapped.out).verdict.mapping], [1, 'default']);
  // By its file the image would be localbuild/app:latest, which is none of this mapping's.
  assert.equal(readJson((await scan()).out).verdict.mapping, null);
});

const badBundles: readonly (readonly [name: string, content: string | Buffer, line: RegExp])[] = [
  ['no JSON', '{', /it is not JSON: /],
  ['no text', Buffer.from([0xff, 0xfe, 0x80]), /it is not JSON, which is UTF-8 text/],
  ['no object', '[1]', /it is not a valid bundle/],
  ['no bundle', '{}', /it is not a valid bundle: id: .*; version: .*; policies: /],
];
for (const [name, content, line] of badBundles)
  test(`a policy file that is ${name} is refused before anything is read`, async () => {
    await writeFile(at('bad.json'), content);
    await refused(['scan', app1, ...offline, '--policy', at('bad.json')], line);
  });

test('a policy file that is missing or a folder is refused', async () => {
  await refused(['scan', app1, ...offline, '--sort', 'size'], /severity, risk/);
  await refused(['scan', app1, ...offline, '--policy', at('none.json')], /there is no such file/);
  await refused(['scan', app1, ...offline, '--policy', folder.path], /it is a folder/);
});

test('every kind of source gives the same packages', async () => {
  await writeOciLayout(at('layout'), [app]);
  await writeOciArchive(at('app.tar.gz'), [app], 'gzip');
  await writeOciArchive(at('app.tar.zst'), [app], 'zstd');
  await writeDockerArchive(at('docker.tar'), [image({ layers: [first, second], tag: 'app:1.0' })]);
  await mkdir(at('root/srv/node_modules/left-pile'), { recursive: true });
  await mkdir(at('root/srv/node_modules/right-pile'), { recursive: true });
  for (const { path, content } of [installed('left-pile', '1.2.3'), installed('right-pile', '2.0.0')])
    await writeFile(at(`root/${path}`), content);
  const sources = [
    ...[`oci:${at('layout')}`, at('layout'), `${app1}:1.0`, `oci-archive:${at('app.tar.gz')}`, at('app.tar.zst')],
    ...[`docker-archive:${at('docker.tar')}:app:1.0`, at('docker.tar'), `rootfs:${at('root')}`],
  ];
  for (const source of sources)
    assert.deepEqual(
      await plimsoll(['scan', source, ...offline, '-o', 'packages', '--policy', at('lax.json')]),
      { code: 0, out: header + rows.join(''), err: '' },
      source,
    );
});

test('of an image for several platforms the one that is asked for is scanned', async () => {
  await writeOciArchive(at('multi.tar'), [index([app, arm], { tag: 'm' })]);
  const of = async (...more: string[]) =>
    (await plimsoll(['scan', at('multi.tar'), ...offline, '-o', 'packages', ...more])).out;
  assert.equal(await of(), header + rows.join(''));
  assert.equal(await of('--platform', 'linux/amd64'), header + rows.join(''));
  assert.equal(await of('--platform', 'linux/arm64'), header + rows[0]);
  await refused(
    ['scan', at('multi.tar'), ...offline, '--platform', 'linux/s390x'],
    /not built for linux\/s390x; choose one of: linux\/amd64, linux\/arm64/,
  );
});

test('sources that are no image are refused in one line that says what they are', async () => {
  const whole = await readFile(at('app.tar'));
  const things: readonly (readonly [name: string, content: Buffer | string, line: RegExp])[] = [
    ['empty', '', /'.*empty' holds no image: it is empty/],
    ['text', 'hello\n'.repeat(1000), /holds no image: it is no tar/],
    ['a.jar', zip([{ name: 'META-INF/MANIFEST.MF', content: 'x' }]), /holds no image: it is no tar/],
    ['random', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + 7) % 256)), /it is no tar/],
    ['other.tar', tar([{ path: 'hello', content: 'hi' }]), /it is a tar without|it has no index\.json/],
    ['cut.tar', whole.subarray(0, 1500), /is damaged: tar ends at byte 1500.*cut off|has no index\.json/],
    ['cut.tar.gz', gzipSync(whole).subarray(0, 900), /gzip data is cut off/],
  ];
  for (const [name, content, line] of things) {
    await writeFile(at(name), content);
    await refused(['scan', `oci-archive:${at(name)}`, ...offline], line);
  }
  await mkdir(at('bare'), { recursive: true });
  await refused(['scan', `oci:${at('bare')}`, ...offline], /it has no index\.json, which every OCI layout has/);
  await refused(['scan', `oci-archive:${at('bare')}`, ...offline], /it is no file/);
  await refused(['scan', `oci:${at('app.tar')}`, ...offline], /is a file; write oci-archive:/);
  await refused(['scan', `oci-archive:${at('none.tar')}`, ...offline], /there is no file or folder/);
});

test('an archive that is cut off anywhere is refused, or is whole but for its padding', async () => {
  const whole = await readFile(at('app.tar'));
  // The last 1,024 bytes are the end mark, which tar readers do without.
  for (let length = 600; length < whole.length - 1024; length += 2300) {
    await writeFile(at('cut.tar'), whole.subarray(0, length));
    const { code, out, err } = await plimsoll(['scan', at('cut.tar'), ...offline]);
    assert.deepEqual([code, out], [2, ''], `cut at ${length}`);
    assert.match(err, /^plimsoll: .+\n$/);
  }
});

test('what an image may hold is bounded by limits that can be chosen, and what cannot be used is refused before anything is opened', async () => {
  const scanned = (...more: string[]) => plimsoll(['scan', `oci-archive:${at('app.tar')}`, ...offline, ...more]);
  const { code, out, err } = await scanned('--limit', 'layers=1');
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /at most 1 are read/);
  for (const [option, value, message] of [
    ['--limit', 'layerz=1', /layerz is no limit; there are analyzerSeconds/],
    ['--search', 'NAME=(', /NAME is no regular expression that can be used/],
    ['--retrieve', 'etc/passwd', /--retrieve/],
  ] as const) {
    const ended = await scanned(option, value);
    assert.equal(ended.code, 2);
    assert.match(ended.err, message);
  }
});

test('bytes that were changed are refused, and nothing of them is kept', async () => {
  const strange = image({ layers: [layer([installed('strange', '1.0.0')])] });
  const known = await storedBlobs();
  const cases = [
    [strange.layers[0]!.digest, /sha256:[0-9a-f]{64}/],
    [strange.configDigest, /config sha256:.* changed or damaged/],
    [strange.digest, /manifest sha256:.* changed or damaged/],
  ] as const;
  for (const [digest, line] of cases)
    for (const where of [0.3, 0.9]) {
      const bytes = Buffer.from(strange.blobs.get(digest)!);
      const byte = Math.floor(bytes.length * where);
      bytes[byte] = bytes[byte]! ^ 4;
      const changed: BuiltImage = { ...strange, blobs: new Map([...strange.blobs, [digest, bytes]]) };
      await writeOciArchive(at('changed.tar'), [changed]);
      const err = await refused(['scan', at('changed.tar'), ...offline], line);
      assert.match(err, /image\/(digest-mismatch|corrupt)/);
      assert.deepEqual(await storedBlobs(), known);
    }
});

test('a layout that lacks a blob is refused with its name', async () => {
  const strange = image({ layers: [layer([installed('lonely', '1.0.0')])] });
  for (const digest of [strange.layers[0]!.digest, strange.configDigest, strange.digest]) {
    const blobs = new Map(strange.blobs);
    blobs.delete(digest);
    const folderName = at(`lacks-${digest.slice(-8)}`);
    await writeOciLayout(folderName, [{ ...strange, blobs }]);
    await refused(['scan', `oci:${folderName}`, ...offline], new RegExp(`names ${digest} but does not hold it`));
  }
  assert.ok(ociFiles([strange]).size > 3);
});

test('a registry that is not there, or may not be asked, is told', async () => {
  await refused(['scan', '127.0.0.1:1/x:1', ...offline], /127\.0\.0\.1:1 was not asked.*leave out --offline/);
});

test('the name of a file without its folder is a registry’s image, and the error says how the file is meant', async () => {
  const here = process.cwd();
  process.chdir(folder.path);
  try {
    await refused(['scan', 'a.jar', ...offline], /for what is at that path here, write \.\/a\.jar/);
  } finally {
    process.chdir(here);
  }
});

test('reports go to files whole, beside one on stdout', async () => {
  const { code, out, err } = await plimsoll([
    ...['scan', app1, ...judged, '-o', `json=${at('r.json')}`, '-o', 'packages', '-o', `table=${at('r=1.txt')}`],
  ]);
  assert.deepEqual([code, out, err], [1, header + rows.join(''), '']);
  assert.equal(readJson(await readFile(at('r.json'), 'utf8')).findings.length, 1);
  assert.match(await readFile(at('r=1.txt'), 'utf8'), /STOP/);
  assert.deepEqual(
    (await readdir(folder.path)).filter((name) => name.includes('partial')),
    [],
  );
});

test('a report replaces the file behind a link, and goes into a pipe as it is', async () => {
  await writeFile(at('real.tsv'), 'old');
  await symlink('real.tsv', at('link.tsv'));
  await plimsoll(['scan', app1, ...judged, '-o', `packages=${at('link.tsv')}`]);
  assert.ok((await lstat(at('link.tsv'))).isSymbolicLink());
  assert.equal(await readFile(at('real.tsv'), 'utf8'), header + rows.join(''));
  execFileSync('mkfifo', [at('pipe')]);
  const [text] = await Promise.all([
    readFile(at('pipe'), 'utf8'),
    plimsoll(['scan', app1, ...judged, '-o', `packages=${at('pipe')}`]),
  ]);
  assert.equal(text, header + rows.join(''));
  assert.ok((await lstat(at('pipe'))).isFIFO());
});

test('a terminal gets colour and progress, and the progress is cleared', async () => {
  const introducer = '\u001b[';
  const scan = await plimsoll(['scan', app1, ...judged], { columns: 100 });
  assert.ok(scan.out.includes(`${introducer}1`));
  assert.ok(
    scan.err.includes('opening oci-archive:') && scan.err.endsWith(`\r${introducer}2K`),
    JSON.stringify(scan.err),
  );
  const plain = await plimsoll(['scan', app1, ...judged, '--quiet'], { columns: 100, env: { NO_COLOR: '1' } });
  assert.ok(!plain.out.includes(introducer));
  assert.equal(plain.err, '');
  // A terminal that does not know its size says 0.
  for (const columns of [0, 1, 20]) {
    const { out } = await plimsoll(['scan', app1, ...judged, '-q'], { columns, env: { NO_COLOR: '1' } });
    assert.match(out, /left/, `${columns} columns`);
  }
});

test('a data folder that a server has is refused with the server’s address', async () => {
  const url = 'http://127.0.0.1:4711';
  await using _server = await openLocalPlatform({ data, purpose: 'serve', url, offline: true, log: silentLog });
  const line = new RegExp(
    `in use by process ${process.pid} .*plimsoll serve at ${url}.*ask that server .* stop it, or .*--data`,
  );
  assert.match(await refused(['scan', app1, ...offline], line), /data\/in-use/);
  await refused(['feeds', 'list', '--data', data], line);
});

test('a data folder that another scan has is waited for, and stderr says so', async () => {
  const other = await openLocalPlatform({ data, purpose: 'scan', offline: true, log: silentLog });
  const waiting = Promise.withResolvers<string>();
  const scan = plimsoll(['scan', app1, ...judged, '-o', 'packages'], { onErr: waiting.resolve });
  assert.match(
    await waiting.promise,
    new RegExp(`^plimsoll: waiting for process ${process.pid}, which has the data folder\n$`),
  );
  await other[Symbol.asyncDispose]();
  assert.deepEqual([(await scan).code, (await scan).out], [1, header + rows.join('')]);
});

test('feeds are listed and synced by name', async () => {
  const list = await plimsoll(['feeds', 'list', '--data', data]);
  assert.equal(list.code, 0);
  assert.match(list.out, /^GROUP +STATE +RECORDS/);
  assert.match(list.out, /^osv:npm +ok +1 +0 +\d{4}-/m);
  const sync = await plimsoll(['feeds', 'sync', 'osv:npm', ...judged]);
  assert.deepEqual([sync.code, sync.err], [0, '']);
  assert.match(sync.out, /^osv:npm: unchanged, 1 records/);
  await refused(['feeds', 'sync', 'nonsense', ...judged], /'nonsense' is no feed group/);
  const failed = await plimsoll(['feeds', 'sync', 'alpine:3.20', ...judged]);
  assert.equal(failed.code, 2);
  assert.match(failed.err, /^plimsoll: feeds sync: could not fetch alpine:3\.20 \(feed\/failed\)\n$/);
});
