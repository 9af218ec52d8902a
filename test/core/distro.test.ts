import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Distro, distroAdvisories, namespaceType } from '#core/distro.ts';

const distro = (id: string, versionId: string | null, more: Partial<Distro> = {}): Distro => ({
  ...{ id, versionId, codename: null, name: null, idLike: [] },
  ...more,
});

/** What os-release says, the namespace it is judged in, and whether the report says that it may not fit. */
const table: readonly (readonly [Distro, namespace: string | null, caveat: boolean])[] = [
  [distro('alpine', '3.20.3'), 'alpine:3.20', false],
  [distro('alpine', '3.22_alpha20250108'), 'alpine:edge', false],
  [distro('postmarketos', 'v24.06'), 'alpine:3.20', false],
  [distro('postmarketos', 'v99.06'), null, false],
  [distro('wolfi', '20230201'), 'wolfi:rolling', false],
  [distro('minimos', '20241031'), 'minimos:rolling', false],
  [distro('debian', '12'), 'debian:12', false],
  [distro('debian', null, { codename: 'forky' }), 'debian:14', false],
  [distro('debian', null, { codename: 'sid' }), 'debian:unstable', false],
  [distro('raspbian', '12'), 'debian:12', false],
  [distro('devuan', '5'), 'debian:12', false],
  [distro('ubuntu', '22.04'), 'ubuntu:22.04', false],
  [distro('linuxmint', '21.3', { base: { id: 'ubuntu', codename: 'jammy' } }), 'ubuntu:22.04', true],
  [distro('linuxmint', '6', { base: { id: 'debian', codename: 'bookworm' } }), 'debian:12', true],
  [distro('pop', '22.04', { base: { id: 'ubuntu', codename: 'warty' } }), null, false],
  [distro('kali', '2024.4', { idLike: ['debian'] }), null, false],
  [distro('rhel', '9.4'), 'rhel:9', false],
  [distro('centos', '7', { name: 'CentOS Linux 7 (Core)' }), 'rhel:7', true],
  [distro('centos', '9', { name: 'CentOS Stream 9' }), 'rhel:9', true],
  [distro('scientific', '7.9'), 'rhel:7', true],
  [distro('almalinux', '9.4'), 'almalinux:9', false],
  [distro('rocky', '8.10'), 'rocky:8', false],
  [distro('ol', '9.4'), 'ol:9', false],
  [distro('rhcos', '4.16', { idLike: ['rhel', 'fedora'] }), null, false],
  [distro('openeuler', '24.03'), null, false],
  [distro('fedora', '41'), 'fedora:41', false],
  [distro('amzn', '2018.03'), 'amzn:1', false],
  [distro('amzn', '2'), 'amzn:2', false],
  [distro('amzn', '2023'), 'amzn:2023', false],
  [distro('sles', '15.5'), 'sles:15.5', false],
  [distro('sled', '15.6'), 'sles:15.6', false],
  [distro('opensuse-leap', '15.6'), 'opensuse-leap:15.6', false],
  [distro('opensuse-tumbleweed', '20241120'), 'opensuse-tumbleweed:rolling', false],
  [distro('azurelinux', '3.0'), 'azurelinux:3.0', false],
  [distro('mariner', '2.0'), 'mariner:2.0', false],
  [distro('photon', '5.0'), 'photon:5.0', false],
  [distro('manjaro', null, { idLike: ['arch'] }), 'arch:rolling', true],
  [distro('busybox', '1.36'), null, false],
  [distro('constructor', '1'), null, false],
];

for (const [of, namespace, caveat] of table)
  test(`${of.id} ${of.versionId ?? of.codename}${of.name === null ? '' : ` (${of.name})`} is judged by ${namespace ?? 'nothing'}`, () => {
    const found = distroAdvisories(of);
    assert.equal(found?.namespace ?? null, namespace);
    assert.equal(typeof found?.caveat === 'string', caveat);
    if (namespace !== null) assert.ok(namespaceType(namespace) !== null);
  });

test('CentOS Linux is a rebuild, and CentOS Stream is ahead of what it is judged by', () => {
  assert.match(distroAdvisories(distro('centos', '8', { name: 'CentOS Linux 8' }))?.caveat ?? '', /rebuilds/);
  assert.match(distroAdvisories(distro('centos', '8', { name: 'CentOS Stream 8' }))?.caveat ?? '', /ahead/);
});
