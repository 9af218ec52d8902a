import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rpmBuild } from '#feeds/redhat/rpm-build.ts';

const builds = [
  [
    'openssl-1:3.0.7-27.el9.src',
    'pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=src&epoch=1',
    { name: 'openssl', source: true, evr: '1:3.0.7-27.el9' },
  ],
  [
    'bind-libs-32:9.16.23-18.el9_4.1.x86_64',
    'pkg:rpm/redhat/bind-libs@9.16.23-18.el9_4.1?arch=x86_64',
    { name: 'bind-libs', source: false, evr: '32:9.16.23-18.el9_4.1' },
  ],
  [
    'gcc-c++-0:8.5.0-10.1.el8_6.x86_64',
    'pkg:rpm/redhat/gcc-c%2B%2B@8.5.0-10.1.el8_6?arch=x86_64',
    { name: 'gcc-c++', source: false, evr: '0:8.5.0-10.1.el8_6' },
  ],
  [
    'redis-0:6.2.17-1.module+el8.10.0+22680+748527fd.src::redis:6',
    'pkg:rpm/redhat/redis@6.2.17-1.module%2Bel8.10.0%2B22680%2B748527fd?arch=src&rpmmod=redis:6:8100020250113083959:489197e6',
    { name: 'redis:6/redis', source: true, evr: '0:6.2.17-1.module+el8.10.0+22680+748527fd' },
  ],
  [
    'redis-0:6.2.17-1.module+el8.10.0+22680+748527fd.src::redis:6',
    'pkg:rpm/redhat/redis@6.2.17-1.module+el8.10.0+22680+748527fd?arch=src',
    { name: 'redis:6/redis', source: true, evr: '0:6.2.17-1.module+el8.10.0+22680+748527fd' },
  ],
  [
    'python36:3.6/python36.src',
    'pkg:rpm/redhat/python36?arch=src&rpmmod=python36:3.6',
    { name: 'python36:3.6/python36', source: true, evr: null },
  ],
  ['libxml2-devel', 'pkg:rpm/redhat/libxml2-devel', { name: 'libxml2-devel', source: false, evr: null }],
  [
    'samba-0:3.0.25b-1.el4_6.4',
    'pkg:rpm/redhat/samba@3.0.25b-1.el4_6.4?epoch=0',
    { name: 'samba', source: null, evr: '0:3.0.25b-1.el4_6.4' },
  ],
  ['postgresql', null, { name: 'postgresql', source: true, evr: null }],
  ['postgresql:15/postgresql', null, { name: 'postgresql:15/postgresql', source: true, evr: null }],
] as const;

for (const [id, purl, build] of builds) {
  test(`${id} (${purl ?? 'no package URL'}) is a build`, () => assert.deepEqual(rpmBuild(id, purl), build));
}

for (const [id, purl] of [
  ['ocs4/mcg-rhel8-operator', 'pkg:oci/mcg-rhel8-operator?repository_url=registry.redhat.io/ocs4/mcg-rhel8-operator'],
  ['ocs4/mcg-rhel8-operator', null],
  ['org.example:thing', 'pkg:maven/org.example/thing@1.0'],
] as const) {
  test(`${id} (${purl ?? 'no package URL'}) is no rpm`, () => assert.equal(rpmBuild(id, purl), null));
}

const unread = [
  ['flatpak', 'pkg:rpm/redhat/firefox-flatpak?arch=src&rpmmod=rhel10', /no stream/],
  ['python39', 'pkg:rpm/redhat/python39@3.9-8100020240826142629.d47b87a4?epoch=0', /is a module/],
  ['pgaudit', 'pkg:rpm/redhat/pgaudit@1.5.0-1.module%2Bel8.4.0%2B8873%2Bb821c30a?arch=src', /built in a module/],
  ['broken', 'pkg:rpm/redhat/%ZZ@1-1?arch=src', /cannot be read/],
  ['long', `pkg:rpm/redhat/${'a'.repeat(2000)}`, /too long/],
] as const;

for (const [id, purl, reason] of unread) {
  test(`of ${id} it is told why it cannot be read`, () => assert.match(String(rpmBuild(id, purl)), reason));
}
