import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Distro } from '#core/distro.ts';
import type { Package } from '#core/package.ts';
import { matchNames, namingWorld } from '#matching/match-name.ts';
import { packageSets } from '#matching/package-set.ts';
import { somePackage, someReport } from '#test/support/reports.ts';

const distro = (id: string, versionId: string): Distro => ({
  ...{ id, versionId, codename: null, name: null, idLike: [] },
});

const rhel = distro('rhel', '8.10');
const debian = distro('debian', '12');

/** `namespace name version` of every name, or why there is none. */
function named(found: Package, on: Distro | null = null, beside: readonly Package[] = []): readonly string[] | string {
  const names = matchNames(found, namingWorld({ distro: on, packages: [found, ...beside] }));
  return names.kind === 'unjudged'
    ? names.reason
    : names.names.map(({ namespace, name, version }) => `${namespace} ${name} ${version}`);
}

const rpm = (name: string, version: string, more: Partial<Package> = {}) => {
  const origin = { name, version };
  return somePackage({ type: 'rpm', name, version, origin, source: `${name}.src.rpm`, ...more });
};

test('a deb is judged by its source package and source version: a binary-only rebuild is the source it was made of', () => {
  const found = somePackage({
    ...{ type: 'deb', name: 'libgcc-s1', version: '12.2.0-14+b1' },
    origin: { name: 'gcc-12', version: '12.2.0-14' },
  });
  assert.deepEqual(named(found, debian), ['debian:12 gcc-12 12.2.0-14']);
});

test('a signed kernel is judged by the source of the kernel', () => {
  const kernel = (version: string, source: string, sourceVersion: string) =>
    somePackage({ type: 'deb', name: 'linux-image-x', version, origin: { name: source, version: sourceVersion } });
  for (const [found, of, want] of [
    [kernel('6.1.76-1', 'linux-signed-amd64', '6.1.76+1'), debian, 'debian:12 linux 6.1.76-1'],
    [
      kernel('5.15.0-91.101', 'linux-signed', '5.15.0-91.101'),
      distro('ubuntu', '22.04'),
      'ubuntu:22.04 linux 5.15.0-91.101',
    ],
    [
      kernel('6.5.0-14.14', 'linux-signed-hwe-6.5', '6.5.0-14.14'),
      distro('ubuntu', '22.04'),
      'ubuntu:22.04 linux-hwe-6.5 6.5.0-14.14',
    ],
    [
      kernel('5.15.0.91.88', 'linux-meta', '5.15.0.91.88'),
      distro('ubuntu', '22.04'),
      'ubuntu:22.04 linux-meta 5.15.0.91.88',
    ],
  ] as const) {
    assert.deepEqual(named(found, of), [want]);
  }
});

test('an rpm is judged by its own name and by its source', () => {
  const found = rpm('openssl-libs', '1:3.0.7-27.el9', { origin: { name: 'openssl', version: '1:3.0.7-27.el9' } });
  assert.deepEqual(named(found, distro('rhel', '9.4')), [
    'rhel:9 openssl-libs 1:3.0.7-27.el9',
    'rhel:9 openssl.src 1:3.0.7-27.el9',
  ]);
});

test('the epoch of a source rpm is told by a binary that has its version, not by one with a version of its own', () => {
  const source = 'perl-5.26.3-419.el8.src.rpm';
  const errno = rpm('perl-Errno', '1.28-419.el8', { source, origin: { name: 'perl', version: '5.26.3-419.el8' } });
  const libs = rpm('perl-libs', '4:5.26.3-419.el8', { source, origin: { name: 'perl', version: '4:5.26.3-419.el8' } });
  assert.deepEqual(named(errno, rhel, [libs]), ['rhel:8 perl-Errno 1.28-419.el8', 'rhel:8 perl.src 4:5.26.3-419.el8']);
  assert.deepEqual(named(errno, rhel)[1], 'rhel:8 perl.src 5.26.3-419.el8');
});

test('a modular rpm is judged in its stream, and not at all where its stream is not named', () => {
  const version = '1:18.20.2-1.module+el8.10.0+21713+ff2c2f7d';
  const labelled = rpm('nodejs', version, { purl: 'pkg:rpm/rhel/nodejs@18?rpmmod=nodejs:18:8100020240429:489197e6' });
  assert.deepEqual(named(labelled, rhel), [
    `rhel:8 nodejs:18/nodejs ${version}`,
    `rhel:8 nodejs:18/nodejs.src ${version}`,
  ]);
  assert.match(named(rpm('nodejs', version), rhel) as string, /stream/);
});

const foreign: readonly (readonly [name: string, on: Distro, found: Package])[] = [
  ['Docker', debian, deb('docker-ce', '5:24.0.7-1~debian.12~bookworm', 'Docker <support@docker.com>')],
  ['NVIDIA', debian, deb('libcudnn8', '8.9.7.29-1+cuda12.2', 'cudatools <cudatools@nvidia.com>')],
  ['HashiCorp', debian, deb('vault', '1.15.2-1', 'HashiCorp <support@hashicorp.com>')],
  ['Microsoft', debian, deb('dotnet-host', '8.0.1-1', '.NET Team <dotnetpackages@microsoft.com>')],
  ['nginx.org', debian, deb('nginx', '1.25.3-1~bookworm', 'NGINX Packaging <nginx-packaging@f5.com>')],
  ['Elastic', debian, deb('filebeat', '8.11.1', 'Elastic Team <info@elastic.co>')],
  ['PGDG', debian, deb('libpq5', '16.1-1.pgdg120+1', 'Debian PostgreSQL Maintainers <x@tracker.debian.org>')],
  ['NodeSource', debian, deb('nodejs', '18.20.0-1nodesource1', 'Ivan <x@nodesource.com>')],
  ['a personal archive', distro('ubuntu', '22.04'), deb('git', '1:2.43.0-0ppa1~ubuntu22.04.1', 'Jo <jo@example.com>')],
  ['Remi', rhel, rpm('php', '8.3.0-1.el8.remi', { vendor: "Remi's RPM repository <https://rpms.remirepo.net/>" })],
  ['NodeSource (rpm)', rhel, rpm('nodejs', '2:20.1.0-1nodesource', { vendor: 'NodeSource' })],
  ['EPEL on Amazon Linux', distro('amzn', '2'), rpm('jq', '1.5-1.el7', { vendor: 'Fedora Project' })],
];

function deb(name: string, version: string, vendor: string): Package {
  return somePackage({ type: 'deb', name, version, vendor, origin: { name, version } });
}

for (const [name, on, found] of foreign)
  test(`a package of ${name} is not judged by the advisories of ${on.id}`, () => {
    assert.match(named(found, on) as string, /built by others/);
  });

test('packages that the distribution built are judged whoever maintains them', () => {
  assert.deepEqual(named(deb('nginx', '1.22.1-9', 'Jan Mojžíš <janmojzis@debian.org>'), debian), [
    'debian:12 nginx 1.22.1-9',
  ]);
  assert.deepEqual(
    named(deb('git', '1:2.34.1-1ubuntu1.10', 'Ubuntu Developers <x@lists.ubuntu.com>'), debian).length,
    1,
  );
  assert.equal(named(rpm('bash', '4.4.20-5.el8', { vendor: 'Red Hat, Inc.' }), rhel).length, 2);
  assert.equal(named(rpm('bash', '4.4.20-5.el8', { vendor: null }), rhel).length, 2);
  assert.equal(named(rpm('bash', '4.4.20-5.el8', { vendor: 'CentOS' }), distro('almalinux', '8.9')).length, 2);
});

test('what Fedora builds for Enterprise Linux is judged by EPEL', () => {
  const found = rpm('jq', '1.6-2.el8', { vendor: 'Fedora Project' });
  assert.deepEqual(named(found, rhel)[0], 'epel:8 jq 1.6-2.el8');
});

test('a Go program is judged by its own version only where it was built at a tag', () => {
  const go = (version: string, source: string) =>
    named(somePackage({ type: 'golang', name: 'github.com/grafana/grafana', version, source }));
  for (const version of [
    '(devel)',
    'v0.0.0-20240102030405-abcdef012345',
    'v1.2.4-0.20240102030405-abcdef012345',
    'v1.2.4-rc.1.0.20240102030405-abcdef012345+dirty',
    'v1.2.3+dirty',
    'v2.0.0+incompatible.dirty',
    '',
  ])
    assert.match(go(version, 'mod') as string, /without a released version/, version);
  for (const version of ['v1.2.3', 'v1.2.3-rc.1', 'v2.0.0+incompatible'])
    assert.deepEqual(go(version, 'mod'), [`go github.com/grafana/grafana ${version}`]);
  assert.equal(go('v0.0.0-20240102030405-abcdef012345', 'dep').length, 1);
});

test('a program that no package manager knows is judged by its CPEs', () => {
  const found = somePackage({
    ...{ type: 'conan', name: 'redis', version: '7.2.4' },
    cpes: [
      'cpe:2.3:a:redis:redis:7.2.4:*:*:*:*:*:*:*',
      'cpe:2.3:a:Redislabs:redis:*:*:*:*:*:*:*:*',
      'cpe:/a:pivotal:redis',
      'cpe:/o:x:y',
      'z',
    ],
  });
  assert.deepEqual(named(found), ['cpe redis:redis 7.2.4', 'cpe redislabs:redis 7.2.4', 'cpe pivotal:redis 7.2.4']);
});

test('a release of Java has one version in the namespace of CPEs, however it is spelled', () => {
  const java = (version: string, cpe: string) => somePackage({ type: 'conan', name: 'openjdk', version, cpes: [cpe] });
  const any = 'cpe:2.3:a:oracle:openjdk:*:*:*:*:*:*:*:*';
  assert.deepEqual(named(java('1.8.0_292-b10', any)), ['cpe oracle:openjdk 8.0.292']);
  assert.deepEqual(named(java('', 'cpe:2.3:a:oracle:openjdk:8:update292:*:*:*:*:*:*')), ['cpe oracle:openjdk 8.0.292']);
});

test('packages that are not judged are said with their reason, and so is a distribution that is judged by another', () => {
  const { namespaces, notes } = packageSets(
    someReport(
      [
        deb('docker-ce', '5:24.0.7-1', 'Docker <support@docker.com>'),
        deb('docker-ce-cli', '5:24.0.7-1', 'Docker <support@docker.com>'),
        deb('bash', '5.2.15-2', 'Matthias Klose <doko@debian.org>'),
      ],
      { distro: { ...distro('lmde', '6'), base: { id: 'debian', codename: 'bookworm' } } },
    ),
  );
  assert.deepEqual(namespaces, ['debian:12']);
  assert.deepEqual(
    notes.map(({ problem }) => problem),
    [
      '2 deb packages are not judged: built by others, of whom the advisories of debian:12 do not speak (docker-ce, docker-ce-cli)',
      'lmde is judged by the advisories of debian:12, which it is made of',
    ],
  );
});

test('packages of Arch and of what is made of it are judged by their own names', () => {
  const found = somePackage({ type: 'pacman', name: 'pam', version: '1.7.0-2', origin: { name: 'x', version: '1' } });
  assert.deepEqual(named(found, { ...distro('arch', ''), versionId: null }), ['arch:rolling pam 1.7.0-2']);
  assert.deepEqual(named(found, { ...distro('manjaro', '25'), idLike: ['arch'] }), ['arch:rolling pam 1.7.0-2']);
});

test('packages of another kind than those of the distribution are none that its advisories speak of', () => {
  for (const type of ['opkg', 'portage', 'apk', 'rpm'] as const) {
    const found = somePackage({ type, name: 'openssl', version: '1.1.1', origin: null });
    assert.equal(named(found, debian), 'the advisories of debian:12 do not speak of its kind');
  }
});
