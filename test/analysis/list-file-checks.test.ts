import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type AnalysisSettings, defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { encodeLayerReport } from '#analysis/layers/layer-report.ts';
import { listFileChecks } from '#analysis/list-file-checks.ts';
import { deleteLayerReport, putLayerReport, readLayerReport } from '#analysis/report-store.ts';
import type { Digest } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import type { Blobs } from '#platform/blobs.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { imageSource } from '#test/support/built-source.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { rpmHeader, sqliteFile } from '#test/support/rpm-database.ts';
import type { BuildEntry } from '#test/support/tar-builder.ts';

const sum = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const q1 = (text: string) => `Q1${createHash('sha1').update(text).digest('base64')}`;

interface Analyzed {
  readonly blobs: Blobs;
  readonly report: ImageReport;
  readonly rows: () => Promise<string[]>;
  readonly again: (settings: Partial<AnalysisSettings>) => Promise<ImageReport>;
}

/** Analyzes layers of entries; `rows` are `PACKAGE /PATH STATE`, `config` behind it for what users may change. */
async function withImage(
  layers: readonly (readonly BuildEntry[])[],
  settings: Partial<AnalysisSettings>,
  work: (analyzed: Analyzed) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  try {
    const blobs = await openFolderBlobs(join(folder, 'blobs'), { alone: true });
    const built = image({ layers: layers.map((entries) => layer(entries)) });
    const again = (chosen: Partial<AnalysisSettings>) =>
      analyzeImage({ blobs, log: silentLog }, imageSource(built), {
        limits: defaultLimits,
        analysisSettings: { ...defaultAnalysisSettings, ...chosen },
        temporaryFile: (name) => join(folder, name),
      });
    const report = await again(settings);
    const rows = async () => {
      const found: string[] = [];
      for await (const { path, package: of, expected, state } of listFileChecks({ blobs }, report)) {
        const what = state.kind === 'changed' ? ` ${state.what}` : state.kind === 'unread' ? ` ${state.algorithm}` : '';
        found.push(`${of.name} ${path} ${state.kind}${what}${expected.config ? ' config' : ''}`);
      }
      return found.sort();
    };
    await work({ blobs, report, rows, again });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const file = (path: string, content = '', more: Partial<BuildEntry> = {}): BuildEntry => ({ path, content, ...more });

const rpmdb = sqliteFile([
  rpmHeader({
    name: 'tool',
    version: '1',
    release: '1',
    files: [
      '/usr/bin/',
      '/usr/bin/same',
      '/usr/bin/other',
      '/usr/bin/mode',
      '/usr/bin/gone',
      '/usr/bin/owner',
      '/usr/bin/link',
      '/etc/tool.conf',
      '/var/log/tool',
      '/usr/share/doc/tool',
      '/etc/free',
    ],
    said: [
      {},
      { digest: sum('sha256', 'same') },
      { digest: sum('sha256', 'other') },
      { digest: sum('sha256', 'mode'), mode: 0o104755 },
      { digest: sum('sha256', 'gone') },
      { digest: sum('sha256', 'owner'), user: 'keeper', group: 'mail' },
      { mode: 0o120777 },
      { digest: sum('sha256', 'conf'), flags: 1 | 16 },
      { digest: sum('sha256', ''), flags: 64 },
      { digest: sum('sha256', 'doc'), flags: 2, state: 2 },
      { digest: sum('sha256', 'free'), flags: 1, verify: 0xffffffff - 1 - 64 },
    ],
  }),
]).database;

const rpmImage = [
  { path: 'var/lib/rpm/rpmdb.sqlite', content: rpmdb },
  file('etc/passwd', 'root:x:0:0::/root:/bin/sh\nkeeper:x:77:77::/:/bin/false\n'),
  file('usr/bin/same', 'same'),
  file('usr/bin/other', 'other'),
  file('usr/bin/mode', 'mode', { mode: 0o4755 }),
  file('usr/bin/gone', 'gone'),
  file('usr/bin/owner', 'owner', { uid: 77, gid: 12 }),
  { path: 'usr/bin/link', type: 'symlink', link: 'same' },
  file('etc/tool.conf', 'conf'),
  file('etc/free', 'free'),
] as const;

const intact = [
  'tool /etc/free present config',
  'tool /etc/tool.conf intact config',
  'tool /usr/bin/gone intact',
  'tool /usr/bin/link present',
  'tool /usr/bin/mode intact',
  'tool /usr/bin/other intact',
  'tool /usr/bin/owner intact',
  'tool /usr/bin/same intact',
  'tool /usr/share/doc/tool left-out',
  'tool /var/log/tool left-out',
];

test('files of rpm that are as they were installed are intact; what was left out or comes later may be absent', async () => {
  await withImage([rpmImage], {}, async ({ rows }) => assert.deepEqual(await rows(), intact));
});

test('of files of rpm that a later layer wrote, deleted or gave away, each is told with what has changed', async () => {
  const later = [
    file('usr/bin/other', 'something else'),
    file('usr/bin/mode', 'mode', { mode: 0o755 }),
    file('usr/bin/.wh.gone'),
    file('usr/bin/owner', 'owner', { uid: 78, gid: 12 }),
    { path: 'usr/bin/same', type: 'symlink', link: 'other' } as const,
    file('etc/tool.conf', 'by the user'),
    file('etc/free', 'by the user', { mode: 0o600 }),
    file('var/log/tool', 'lines'),
    file('usr/share/doc/tool', 'from elsewhere'),
  ];
  const changes: Readonly<Record<string, string>> = {
    'tool /usr/bin/other intact': 'tool /usr/bin/other changed content',
    'tool /usr/bin/mode intact': 'tool /usr/bin/mode changed mode',
    'tool /usr/bin/gone intact': 'tool /usr/bin/gone missing',
    'tool /usr/bin/owner intact': 'tool /usr/bin/owner changed owner',
    'tool /usr/bin/same intact': 'tool /usr/bin/same changed content',
    'tool /etc/tool.conf intact config': 'tool /etc/tool.conf changed content config',
    'tool /var/log/tool left-out': 'tool /var/log/tool intact',
    'tool /usr/share/doc/tool left-out': 'tool /usr/share/doc/tool present',
  };
  await withImage([rpmImage, later], {}, async ({ rows }) =>
    assert.deepEqual(await rows(), intact.map((row) => changes[row] ?? row).sort()),
  );
});

const dpkgImage = [
  file(
    'var/lib/dpkg/status',
    `Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nConffiles:\n /etc/a ${sum('md5', 'conf')}\n /etc/old ${sum('md5', 'old')} obsolete\n\nPackage: b\nStatus: install ok installed\nVersion: 1\n`,
  ),
  file('var/lib/dpkg/info/a.list', '/.\n/bin\n/bin/a\n/bin/shared\n/bin/alias\n/etc\n/etc/a\n'),
  file('var/lib/dpkg/info/a.md5sums', `${sum('md5', 'a')}  bin/a\n${sum('md5', 'of a')}  bin/shared\n`),
  file('var/lib/dpkg/info/b.list', '/bin\n/bin/shared\n'),
  file('var/lib/dpkg/info/b.md5sums', `${sum('md5', 'of b')}  bin/shared\n`),
  file('var/lib/dpkg/diversions', '/bin/shared\n/bin/shared.real\nb\n'),
  { path: 'bin', type: 'symlink', link: 'usr/bin' } as const,
  file('usr/bin/a', 'a'),
  file('usr/bin/shared', 'of b'),
  file('usr/bin/shared.real', 'of a'),
  { path: 'usr/bin/alias', type: 'hardlink', link: 'usr/bin/a' } as const,
  file('etc/a', 'conf'),
];

test('files of dpkg are compared by md5, diverted ones where they lie, when their md5 was asked for', async () => {
  await withImage([dpkgImage], { fileDigests: ['md5'] }, async ({ rows }) =>
    assert.deepEqual(await rows(), [
      'a /etc/a intact config',
      'a /usr/bin/a intact',
      'a /usr/bin/alias present',
      'a /usr/bin/shared.real intact',
      'b /usr/bin/shared intact',
    ]),
  );
  const later = [file('usr/bin/a', 'b'), file('etc/a', 'mine'), file('usr/bin/.wh.shared')];
  await withImage([dpkgImage, later], { fileDigests: ['md5', 'sha1'] }, async ({ rows }) =>
    assert.deepEqual(await rows(), [
      'a /etc/a changed content config',
      'a /usr/bin/a changed content',
      'a /usr/bin/alias present',
      'a /usr/bin/shared.real intact',
      'b /usr/bin/shared missing',
    ]),
  );
});

test('without md5 a file of dpkg can be missing, but whether it was changed is not read', async () => {
  await withImage([dpkgImage, [file('usr/bin/.wh.shared')]], {}, async ({ rows }) =>
    assert.deepEqual(await rows(), [
      'a /etc/a unread md5 config',
      'a /usr/bin/a unread md5',
      'a /usr/bin/alias present',
      'a /usr/bin/shared.real unread md5',
      'b /usr/bin/shared missing',
    ]),
  );
});

test('files of apk are compared by sha1, links by their target, owners and modes as they are written or root and 644', async () => {
  const installed = [
    'P:a\nV:1-r0\nF:etc\nF:usr/bin\nM:0:0:755',
    `R:tool\na:0:0:4755\nZ:${q1('tool')}`,
    `R:sh\na:0:0:777\nZ:${q1('tool')}`,
    `R:turned\na:0:0:777\nZ:${q1('tool')}`,
    `R:plain\nZ:${q1('plain')}`,
    `R:new\na:0:0:755\nZ:Q2${createHash('sha256').update('new').digest('base64')}`,
    `F:etc\nR:shadow\na:0:42:640\nZ:${q1('shadow')}`,
    `F:etc/init.d\nR:tool\na:0:0:755\nZ:${q1('init')}\n\n`,
  ].join('\n');
  const entries = [
    file('lib/apk/db/installed', installed),
    file('usr/bin/tool', 'tool', { mode: 0o755 }),
    { path: 'usr/bin/sh', type: 'symlink', link: 'tool' } as const,
    { path: 'usr/bin/turned', type: 'symlink', link: 'plain' } as const,
    file('usr/bin/plain', 'plain'),
    file('usr/bin/new', 'new', { mode: 0o755 }),
    file('etc/shadow', 'shadow', { mode: 0o640, gid: 0 }),
    file('etc/init.d/tool', 'changed', { mode: 0o755 }),
  ];
  await withImage([entries], { fileDigests: ['sha1'] }, async ({ rows }) =>
    assert.deepEqual(await rows(), [
      'a /etc/init.d/tool changed content',
      'a /etc/shadow changed owner config',
      'a /usr/bin/new intact',
      'a /usr/bin/plain intact',
      'a /usr/bin/sh intact',
      'a /usr/bin/tool changed mode',
      'a /usr/bin/turned changed content',
    ]),
  );
});

test('files of pacman are compared by what their mtree says, and backups are configuration', async () => {
  const mtree = [
    '#mtree',
    '/set type=file uid=0 gid=0 mode=644',
    './.PKGINFO time=1.0 size=1 sha256digest=00',
    './usr type=dir mode=755',
    `./usr/with\\040blank time=1.0 size=1 sha256digest=${sum('sha256', 'blank')}`,
    `./usr/\\303\\244 sha256digest=${sum('sha256', 'ä')}`,
    './usr/link type=link link=with\\040blank',
    `./etc/conf mode=600 sha256digest=${sum('sha256', 'conf')}`,
  ].join('\n');
  const folder = 'var/lib/pacman/local/a-1-1';
  const entries = [
    file(`${folder}/desc`, '%NAME%\na\n\n%VERSION%\n1-1\n\n'),
    file(`${folder}/files`, '%FILES%\nusr/\nusr/with blank\n\n%BACKUP%\netc/conf\t00\n\n'),
    { path: `${folder}/mtree`, content: gzipSync(mtree) },
    file('usr/with blank', 'changed'),
    file('usr/ä', 'ä'),
    { path: 'usr/link', type: 'symlink', link: 'with blank' } as const,
    file('etc/conf', 'conf', { mode: 0o644 }),
  ];
  await withImage([entries], {}, async ({ rows }) =>
    assert.deepEqual(await rows(), [
      'a /etc/conf changed mode config',
      'a /usr/link present',
      'a /usr/with blank changed content',
      'a /usr/ä intact',
    ]),
  );
});

test('an image whose layer report is gone is checked by another of the same readers, else to be analyzed again', async () => {
  await withImage([dpkgImage], {}, async ({ blobs, report, rows, again }) => {
    const before = await rows();
    const other = await again({ searchBytes: 1 });
    const { diffId } = report.layers[0]!;
    assert.notEqual(other.analyzers, report.analyzers);
    await deleteLayerReport(blobs, report.analyzers, diffId as Digest);
    assert.deepEqual(await rows(), before);
    await deleteLayerReport(blobs, other.analyzers, diffId as Digest);
    await assert.rejects(rows(), isFault('data/corrupt', /analyze the image again/));
  });
});

test('facts that an older reader left are not taken for those of now', async () => {
  await withImage([dpkgImage], {}, async ({ blobs, report, rows, again }) => {
    const before = await rows();
    const diffId = report.layers[0]!.diffId as Digest;
    const old: LayerRecord[] = [];
    const first = '0'.repeat(16);
    for await (const record of (await readLayerReport(blobs, report.analyzers, diffId)) ?? [])
      old.push(record.kind === 'head' ? { ...record, members: ['dpkg@1'] } : record);
    const storeOld = async (set: string) => {
      const records = old.map((record) => (record.kind === 'head' ? { ...record, analyzers: set } : record));
      await deleteLayerReport(blobs, set, diffId);
      await putLayerReport(blobs, set, diffId, encodeLayerReport(Readable.from(records)));
    };
    const other = await again({ searchBytes: 1 });
    await storeOld(first);
    await deleteLayerReport(blobs, report.analyzers, diffId);
    assert.deepEqual(await rows(), before);
    await deleteLayerReport(blobs, other.analyzers, diffId);
    await assert.rejects(rows(), isFault('data/corrupt', /as it is read now/));
    await storeOld(report.analyzers);
    await assert.rejects(rows(), isFault('data/corrupt', /as it is read now/));
  });
});
