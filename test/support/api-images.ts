import { image, index, layer } from './image-builder.ts';

const distribution = layer([
  { path: 'etc/', mode: 0o755 },
  { path: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n' },
  {
    path: 'lib/apk/db/installed',
    content: [
      'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:musl\nV:1.2.5-r0\nA:x86_64\nI:667648\no:musl\nm:Timo <timo@example.test>\nL:MIT\n',
      'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAB=\nP:musl-utils\nV:1.2.5-r0\nA:x86_64\nI:139264\no:musl\nL:MIT AND BSD-2-Clause\n',
      '',
    ].join('\n'),
  },
  { path: 'bin/busybox', content: 'a program', mode: 0o4755, uid: 7, gid: 8 },
  { path: 'bin/sh', link: '/bin/busybox' },
  { path: 'bin/ash', link: 'bin/busybox', type: 'hardlink', mode: 0o4755 },
]);

const program = layer([
  {
    path: 'srv/node_modules/hull/package.json',
    content: JSON.stringify({ name: 'hull', version: '1.2.2', license: 'MIT', author: 'A. Shipwright' }),
  },
  {
    path: 'srv/one/node_modules/hull/package.json',
    content: JSON.stringify({ name: 'hull', version: '1.2.2', license: 'MIT', author: 'A. Shipwright' }),
  },
  {
    path: 'usr/lib/python3.12/site-packages/PyShip-2.0.dist-info/METADATA',
    content: 'Metadata-Version: 2.1\nName: PyShip\nVersion: 2.0\nLicense: BSD-3-Clause\nAuthor: B. Shipwright\n\n',
  },
  {
    path: 'usr/lib/python3.12/site-packages/PyShip-2.0.dist-info/RECORD',
    content: 'ship/__init__.py,,\nship/keel.py,,\nPyShip-2.0.dist-info/METADATA,,\nPyShip-2.0.dist-info/RECORD,,\n',
  },
  { path: 'usr/lib/python3.12/site-packages/ship/__init__.py', content: '' },
  { path: 'etc/passwd', content: 'root:x:0:0::/root:/bin/sh\n' },
  { path: 'srv/app.env', content: 'HOST=quay\nAPI_KEY=0123456789ABCDEFGHIJ\n' },
]);

/** Alpine 3.20 with musl (fixed later), an npm package in two places (fixed later) and a Python one. */
export const alpineApp = image({ layers: [distribution, program], tag: 'v1' });

/** The same distribution with another program on it. */
export const alpineAppNext = image({
  layers: [distribution, layer([{ path: 'srv/next', content: 'next' }])],
  tag: 'v2',
});

const plain = layer([{ path: 'srv/plain', content: 'of an index' }]);

/** An index of two platforms. */
export const indexed = index([image({ layers: [plain], platform: 'linux/arm64' }), image({ layers: [plain] })], {
  tag: 'multi',
});

/** An index without any platform that is taken. */
export const otherArchitecture = index(
  [image({ layers: [plain], platform: 'linux/ppc64le' }), image({ layers: [plain], platform: 'linux/s390x' })],
  { tag: 'latest' },
);

/** A signature as cosign stored them before artifacts had types: with the config of an image. */
export const signature = image({
  layers: [
    layer(Buffer.from('{"critical":{}}'), {
      compression: 'none',
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    }),
  ],
  tag: `${alpineApp.digest.replace(':', '-')}.sig`,
});
