import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distroNamespace } from '#core/distro.ts';
import { detectDistro, osRelease } from '#analysis/analyzers/os-release.ts';
import { type SmallTree, viewOf } from '#test/support/run-analyzer.ts';

const detect = (tree: SmallTree) => detectDistro(viewOf(osRelease, tree));

/** Files of an image, then id, versionId, codename and namespace. */
const images: readonly (readonly [
  name: string,
  tree: SmallTree,
  ...want: readonly [string, string | null, string | null, string | null],
])[] = [
  [
    'Debian 12',
    {
      'usr/lib/os-release':
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
      'etc/os-release': { link: '../usr/lib/os-release' },
      'etc/debian_version': '12.5\n',
    },
    'debian',
    '12',
    'bookworm',
    'debian:12',
  ],
  [
    'Debian testing',
    { 'etc/os-release': 'ID=debian\nVERSION_CODENAME=trixie\n', 'etc/debian_version': 'trixie/sid\n' },
    'debian',
    null,
    'trixie',
    'debian:13',
  ],
  ['Debian without os-release', { 'etc/debian_version': '12.5\n' }, 'debian', '12', null, 'debian:12'],
  ['Debian testing without os-release', { 'etc/debian_version': 'forky/sid\n' }, 'debian', null, 'forky', 'debian:14'],
  [
    'Debian with an os-release that has no version',
    { 'etc/os-release': 'ID=debian\n', 'etc/debian_version': '11.9\n' },
    'debian',
    '11',
    null,
    'debian:11',
  ],
  [
    'Debian 7',
    { 'etc/os-release': 'ID=debian\nVERSION_ID="7"\nVERSION="7 (wheezy)"\n' },
    'debian',
    '7',
    'wheezy',
    'debian:7',
  ],
  [
    'Ubuntu by lsb-release',
    {
      'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n',
      'etc/debian_version': 'squeeze/sid\n',
    },
    'ubuntu',
    '10.04',
    'lucid',
    'ubuntu:10.04',
  ],
  ['Alpine', { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n' }, 'alpine', '3.20.3', null, 'alpine:3.20'],
  [
    'Alpine edge',
    { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.21_alpha20240807\n' },
    'alpine',
    '3.21_alpha20240807',
    null,
    'alpine:edge',
  ],
  ['Alpine without os-release', { 'etc/alpine-release': '3.9.0\n' }, 'alpine', '3.9.0', null, 'alpine:3.9'],
  [
    'Alpine by the repositories of apk',
    {
      'etc/apk/repositories':
        '#http://x/alpine/edge/main\nhttps://x/alpine/v3.18/main\nhttps://x/alpine/v3.18/community\n',
    },
    'alpine',
    '3.18',
    null,
    'alpine:3.18',
  ],
  ['CentOS 6', { 'etc/redhat-release': 'CentOS release 6.10 (Final)\n' }, 'centos', '6.10', null, 'rhel:6'],
  [
    'CentOS 7 by a linked file',
    {
      'etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)\n',
      'etc/redhat-release': { link: 'centos-release' },
      'etc/system-release': { link: 'centos-release' },
    },
    'centos',
    '7.9.2009',
    null,
    'rhel:7',
  ],
  [
    'Red Hat 7',
    { 'etc/redhat-release': 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n' },
    'rhel',
    '7.9',
    null,
    'rhel:7',
  ],
  [
    'Oracle 6, which also says Red Hat',
    {
      'etc/redhat-release': 'Red Hat Enterprise Linux Server release 6.10 (Santiago)\n',
      'etc/oracle-release': 'Oracle Linux Server release 6.10\n',
    },
    'ol',
    '6.10',
    null,
    'ol:6',
  ],
  ['Amazon Linux 1', { 'etc/system-release': 'Amazon Linux AMI release 2018.03\n' }, 'amzn', '2018.03', null, 'amzn:1'],
  [
    'Amazon Linux by its CPE name',
    { 'etc/system-release-cpe': 'cpe:2.3:o:amazon:amazon_linux:2\n' },
    'amzn',
    '2',
    null,
    'amzn:2',
  ],
  [
    'Fedora by its CPE name',
    { 'etc/system-release-cpe': 'cpe:/o:fedoraproject:fedora:33' },
    'fedora',
    '33',
    null,
    'fedora:33',
  ],
  [
    'Fedora, where the file is a link to one of its own naming',
    {
      'etc/os-release': { link: '../usr/lib/os-release' },
      'usr/lib/os-release': { link: 'os.release.d/os-release-container' },
      'usr/lib/os.release.d/os-release-container':
        'NAME=Fedora\nID=fedora\nVERSION_ID=33\nVERSION="33 (Container Image)"\n',
    },
    'fedora',
    '33',
    null,
    'fedora:33',
  ],
  [
    'SUSE 11',
    { 'etc/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n' },
    'sles',
    '11.4',
    null,
    'sles:11.4',
  ],
  [
    'openSUSE 42',
    { 'etc/os-release': 'ID=opensuse\nVERSION_ID="42.3"\n' },
    'opensuse-leap',
    '42.3',
    null,
    'opensuse-leap:42.3',
  ],
  [
    'a Red Hat that writes its id otherwise',
    { 'etc/os-release': 'ID="RedHat"\nVERSION_ID=8\n' },
    'rhel',
    '8',
    null,
    'rhel:8',
  ],
  ['Mariner', { 'etc/os-release': 'ID=mariner\nVERSION_ID="2.0"\n' }, 'mariner', '2.0', null, 'mariner:2.0'],
  [
    'busybox, whose first name is [',
    { 'bin/[': Buffer.from('\x7fELF\0\0BusyBox v1.36.1 (2023-05-18 22:34:17 UTC)\0more') },
    'busybox',
    '1.36.1',
    null,
    null,
  ],
  [
    'the first file that names a distribution, when one before it is empty',
    { 'etc/os-release': '', 'usr/lib/os-release': 'ID=wolfi\nVERSION_ID=20230201\n' },
    'wolfi',
    '20230201',
    null,
    'wolfi:rolling',
  ],
  ['etc before usr', { 'etc/os-release': 'ID=one', 'usr/lib/os-release': 'ID=two' }, 'one', null, null, null],
];

for (const [name, tree, id, versionId, codename, namespace] of images) {
  test(`the distribution is told: ${name}`, () => {
    const distro = detect(tree);
    assert.deepEqual(
      { id: distro?.id, versionId: distro?.versionId, codename: distro?.codename },
      { id, versionId, codename },
    );
    if (namespace !== null) assert.equal(distroNamespace(distro), namespace);
  });
}

test('os-release is read with the quoting of a shell', () => {
  const distro = detect({
    'etc/os-release': [
      '\ufeff# comment',
      'ID=first',
      "ID='Alma Linux'ish # comment",
      'ID=alma\\linux # the last one counts\r',
      'VERSION_ID="9.3"',
      'PRETTY_NAME="A \\"quoted\\" \\$name \\\\ with \\n"',
      "ID_LIKE='RHEL  centos fedora'",
      'not an assignment',
      '=nothing',
      'export X=1',
      'VERSION_CODENAME=',
    ].join('\n'),
  });
  assert.deepEqual(distro, {
    id: 'almalinux',
    versionId: '9.3',
    codename: null,
    name: 'A "quoted" $name \\ with \\n',
    idLike: ['rhel', 'centos', 'fedora'],
  });
});

test('repositories of several branches do not tell which Alpine an image is, nor do those of others', () => {
  for (const repositories of ['/alpine/v3.18/main\n/alpine/edge/main', 'https://example.org/v3.18/main', ''])
    assert.equal(detect({ 'etc/apk/repositories': repositories }), null);
});

test('an image without any release file has no distribution', () => {
  assert.equal(detect({ 'app/server': 'x', 'etc/passwd': 'root' }), null);
  assert.equal(detect({ 'etc/os-release': '\0\0\0', 'etc/redhat-release': 'Plan 9' }), null);
});

test('a release file that is too long to be one is not read', () => {
  assert.equal(osRelease.wants('etc/os-release', 70_000, 0o644), false);
  assert.equal(osRelease.wants('etc/os-release', 300, 0o644), true);
  assert.equal(osRelease.wants('home/user/etc/os-release', 300, 0o644), false);
});

test('repositories of another branch of Alpine are noted, those of its own are not', () => {
  const notes = (versionId: string, repositories: string) => {
    const found: string[] = [];
    const tree = { 'etc/os-release': `ID=alpine\nVERSION_ID=${versionId}`, 'etc/apk/repositories': repositories };
    detectDistro(viewOf(osRelease, tree, null, (path, problem) => found.push(`${path}: ${problem}`)));
    return found;
  };
  const own = 'https://x/alpine/v3.20/main\nhttps://x/alpine/v3.20/community\n# https://x/alpine/edge/main\n';
  assert.deepEqual(notes('3.20.3', own), []);
  assert.deepEqual(notes('3.20.3', `${own}@new https://x/alpine/edge/testing\r\nhttps://x/alpine/v3.19/main/`), [
    'etc/apk/repositories: names repositories of Alpine edge, 3.19; packages from there are judged by what is known of 3.20',
  ]);
  assert.deepEqual(notes('3.21_alpha20240807', 'https://x/alpine/edge/main'), []);
  assert.deepEqual(notes('3.20.3', 'https://example.org/our/packages\n/media/cdrom/apks\n'), []);
});

test('what no release says, a database cannot hold, or is without end is cut', () => {
  const text = `ID="al\u0000pine"\nVERSION_ID="3.20${'1'.repeat(5000)}"\nNAME=a\u0007b\nPRETTY_NAME="${'\u{1f40b}'.repeat(300)}"\nID_LIKE="${'a '.repeat(300)}"\n`;
  const found = detectDistro(viewOf(osRelease, { 'etc/os-release': text }))!;
  assert.equal(found.id, 'alpine');
  assert.deepEqual([found.versionId!.length, found.name!.length, found.idLike.length], [200, 200, 20]);
  assert.ok(found.name!.isWellFormed());
});
