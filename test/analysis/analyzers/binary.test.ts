import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binary } from '#analysis/analyzers/binary.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { defaultLimits } from '#core/limits.ts';
import { analyzeFiles, type TestFile } from '#test/support/analyze-files.ts';
import { assembleLayers } from '#test/support/assemble-layers.ts';
import { buildElf, buildPe, goInlineInfo, machines } from '#test/support/executable-builder.ts';
import { runAnalyzer } from '#test/support/run-analyzer.ts';

const amd64 = machines['amd64']!;

/** A program with these read-only bytes. */
const elf = (content: string): Buffer =>
  buildElf(amd64, [{ name: '.rodata', address: 0x401000, bytes: Buffer.from(content, 'latin1') }]);

/** A Go program with module information; `rodata` beside it. */
const goProgram = (modules: string, rodata = ''): Buffer =>
  buildElf(amd64, [
    { name: '.rodata', address: 0x401000, bytes: Buffer.from(`${rodata}\x00`, 'latin1') },
    { name: '.go.buildinfo', address: 0x601000, bytes: goInlineInfo('go1.22.3', modules), writable: true },
  ]);

/** `name version path,path` of each package. */
function found(files: Readonly<Record<string, TestFile>>): string[] {
  return analyzeFiles(binary, files).packages.map(
    ({ name, version, evidence, otherPaths = [] }) => `${name} ${version} ${[evidence.path, ...otherPaths].join(',')}`,
  );
}

const nginx = '\x00nginx version: nginx/1.25.1\n\x00';

test('a program is a generic package with the CPE names that the NVD has for it', () => {
  const { packages } = analyzeFiles(binary, { 'usr/sbin/nginx': elf(nginx) });
  assert.deepEqual(packages, [
    {
      type: 'binary',
      name: 'nginx',
      version: '1.25.1',
      arch: null,
      source: null,
      origin: null,
      purl: 'pkg:generic/nginx@1.25.1',
      licenses: [],
      vendor: null,
      size: null,
      files: [],
      cpes: [
        'cpe:2.3:a:f5:nginx:1.25.1:*:*:*:*:*:*:*',
        'cpe:2.3:a:f5:nginx_open_source:1.25.1:*:*:*:*:*:*:*',
        'cpe:2.3:a:nginx:nginx:1.25.1:*:*:*:*:*:*:*',
      ],
      evidence: { path: 'usr/sbin/nginx', key: 'nginx' },
      otherPaths: [],
    },
  ]);
});

test('a program whose advisories nobody keeps under a CPE name has none', () => {
  const [one] = analyzeFiles(binary, { 'opt/pypy/bin/libpypy3.10-c.so': elf('[PyPy 7.3.17 with GCC') }).packages;
  assert.equal(one?.version, '7.3.17');
  assert.equal('cpes' in one!, false);
});

test('only files with the names of programs are asked for', () => {
  const wanted = [
    'usr/bin/python3.12',
    'nginx',
    'a/b/node',
    'node.exe',
    'x/libcrypto.so.3',
    'libcrypto-ea28cefb.so.1.1',
  ];
  const others = [
    'usr/bin/python3-config',
    'nginx.conf',
    'usr/share/nginx/index.html',
    'nodes',
    'node/index.js',
    'xnode',
  ];
  const empty = ['', '/', 'node/', 'python-dateutil', 'libcrypto.so.3.debug', 'libcrypto.a', 'Node'];
  for (const path of wanted) assert.equal(binary.wants(path, 1, 0o644), true, path);
  for (const path of [...others, ...empty]) assert.equal(binary.wants(path, 1, 0o755), false, path);
  assert.equal(binary.wants('usr/sbin/nginx', 0, 0o755), false);
});

test('scripts and texts with the name of a program are no program, whatever they say', () => {
  const script = '#!/bin/sh\n# nginx version: nginx/1.25.1\nexec /usr/sbin/nginx-real\n';
  assert.deepEqual(found({ 'usr/sbin/nginx': script, 'srv/nginx': `\x00${nginx}`, 'bin/bash': '' }), []);
  assert.deepEqual(found({ 'usr/sbin/nginx': elf(`see the changes of nginx/1.25.1\x00`) }), []);
});

test('a program is no script: what only texts tell is not taken from it', () => {
  assert.deepEqual(found({ 'usr/bin/elixir': elf('ELIXIR_VERSION=1.18.3\n') }), []);
  assert.deepEqual(found({ 'usr/bin/elixir': '#!/bin/sh\nELIXIR_VERSION=1.18.3\n' }), ['elixir 1.18.3 usr/bin/elixir']);
});

test('the strongest evidence wins wherever it stands, and among equals the first', () => {
  const weak = '\x003.0.0-dev12-0123456\x00 - HAProxy version\x00';
  const strong = '\x00 version 2.6.12-1+deb12u3, released 2025/10/03\x00';
  assert.deepEqual(found({ haproxy: elf(`${weak}${'.'.repeat(2_000_000)}${strong}`) }), ['haproxy 2.6.12 haproxy']);
  const later = strong.replace('2.6.12', '2.6.13');
  assert.deepEqual(found({ haproxy: elf(strong + later) }), ['haproxy 2.6.12 haproxy']);
  const bare = (version: string) => `\x00${version}\x00${'.'.repeat(2_000_000)}`;
  const needed = 'not in gzip format\n';
  assert.deepEqual(found({ gzip: elf(bare('1.12') + bare('1.13') + needed) }), ['gzip 1.12 gzip']);
});

test('a version across two windows is found, before or behind the text that is searched for', () => {
  const offset = elf('begins').indexOf('begins');
  const redis = '\x007.2.4\x00c11-builtin\x00';
  for (let shift = 0; shift <= nginx.length; shift++) {
    const filler = 'x'.repeat(1024 * 1024 - offset - shift);
    assert.deepEqual(found({ nginx: elf(filler + nginx) }), ['nginx 1.25.1 nginx']);
    assert.deepEqual(found({ 'redis-server': elf(filler + redis) }), ['redis 7.2.4 redis-server']);
  }
});

test('forks that keep a name are told apart', () => {
  const version = '\x0010.11.18-MariaDB\x00';
  assert.deepEqual(found({ mysqld: elf(`/src/mysql-8.0.37/sql/${version}`) }), ['mariadb 10.11.18 mysqld']);
  assert.deepEqual(found({ mysqld: elf('/src/mysql-8.0.37/sql/sql_parse.cc') }), ['mysql 8.0.37 mysqld']);
  assert.deepEqual(found({ mysqld: elf('/src/percona-server-8.0.36-28/sql/x.cc\x00/mysql-8.0.36/x') }), [
    'percona-server 8.0.36-28 mysqld',
  ]);
  assert.deepEqual(found({ openssl: elf('\x00OpenSSL 1.1.1 (compatible; AWS-LC 1.69.0)\x00') }), [
    'aws-lc 1.69.0 openssl',
  ]);
  assert.deepEqual(found({ openssl: elf('\x00LibreSSL 3.8.2\x00OpenSSL 2.0.0 1 Jan 2020\x00') }), [
    'libressl 3.8.2 openssl',
  ]);
  const redis = '\x007.2.4\x00c11-builtin\x00';
  assert.deepEqual(found({ 'redis-server': elf(redis) }), ['redis 7.2.4 redis-server']);
  const build = '\x007.0.14buildkitsandbox-1702957741000000000\x00';
  assert.deepEqual(found({ 'redis-server': elf(`${build}${'x'.repeat(3_000_000)}valkey-server`) }), []);
});

test('builds of redis and valkey name their machine and time right behind the version', () => {
  const redis = (text: string) =>
    found({ 'redis-server': elf(`\x00${text}\x00`), 'valkey-server': elf(`\x00valkey${text}\x00`) });
  for (const [text, version] of [
    ['7.0.14buildkitsandbox-1702957741000000000', '7.0.14'],
    ['4.0.11841ce7054bd9-1542359302000000000', '4.0.11'],
    ['8.1.11774773269000000000', '8.1.1'],
  ] as const)
    assert.deepEqual(redis(text), [`redis ${version} redis-server`, `valkey ${version} valkey-server`]);
});

test('what a classifier needs may stand anywhere, and without it a bare version is none', () => {
  assert.deepEqual(found({ gzip: elf('\x001.12\x00') }), []);
  assert.deepEqual(found({ gzip: elf(`\x001.12\x00${'x'.repeat(3_000_000)}%s: not in gzip format\n`) }), [
    'gzip 1.12 gzip',
  ]);
});

test('a program that has its version in a shared library is shown with it', () => {
  const program = elf('\x00libpython3.12.so.1.0\x00');
  const library = elf('\x003.12.4\x00');
  assert.deepEqual(found({ 'opt/bin/python3.12': program, 'opt/lib/libpython3.12.so.1.0': library }), [
    'python 3.12.4 opt/lib/libpython3.12.so.1.0',
    'python 3.12.4 opt/lib/libpython3.12.so.1.0,opt/bin/python3.12',
  ]);
  assert.deepEqual(found({ 'opt/bin/python3.12': program }), []);
  assert.deepEqual(found({ 'opt/bin/python3.12': program, 'opt/lib/libpython3.11.so.1.0': library }), [
    'python 3.12.4 opt/lib/libpython3.11.so.1.0',
  ]);
});

test('a library is known by the link that programs ask for', () => {
  const { packages } = runAnalyzer(binary, {
    'usr/bin/ruby': elf('\x00libruby.so.3.3\x00'),
    'usr/lib/libruby.so.3.3': { link: 'libruby.so.3.3.8' },
    'usr/lib/libruby.so.3.3.8': elf('\x00ruby 3.3.8 (2025-04-09 revision b200bad6cd) [x86_64-linux]\x00'),
  });
  assert.deepEqual(
    packages.map(({ evidence, otherPaths }) => [evidence.path, otherPaths]),
    [
      ['usr/lib/libruby.so.3.3.8', []],
      ['usr/lib/libruby.so.3.3.8', ['usr/bin/ruby']],
    ],
  );
});

test('links of one program are one package, of its own path and those of hard links', async () => {
  const content = elf('\x003.12.4\x00');
  const { packages } = await assembleLayers(
    [
      [
        { path: 'bin/python3.12', content, mode: 0o755 },
        { path: 'bin/python3', type: 'hardlink', link: 'bin/python3.12' },
        { path: 'bin/python', type: 'symlink', link: 'python3' },
      ],
    ],
    [binary],
  );
  assert.deepEqual(
    packages.map(({ name, version, paths }) => [name, version, paths]),
    [['python', '3.12.4', ['/bin/python3', '/bin/python3.12']]],
  );
});

const consul = 'path\tgithub.com/hashicorp/consul\nmod\tgithub.com/hashicorp/consul\t';

test('of a Go program the build tells the version: by what it set, or by the module', () => {
  const set = `${consul}(devel)\t\nbuild\t-ldflags="-s -w -X github.com/hashicorp/consul/version.GitDescribe=v1.12.9"\n`;
  assert.deepEqual(found({ 'bin/consul': goProgram(set) }), ['consul 1.12.9 bin/consul']);
  assert.deepEqual(found({ 'bin/consul': goProgram(`${consul}v1.21.1\th1:x=\n`) }), ['consul 1.21.1 bin/consul']);
  const traefik = 'path\tx\nmod\tgithub.com/traefik/traefik/v3\tv3.1.0-rc2+dirty\t\n';
  assert.deepEqual(found({ traefik: goProgram(traefik) }), ['traefik 3.1.0-rc2 traefik']);
  const two = `${consul}(devel)\t\nbuild\t-ldflags=-X main.agent=9.9.9 -X main.goVersion=1.22.3 -X main.version=1.12.9\n`;
  assert.deepEqual(found({ consul: goProgram(two) }), ['consul 1.12.9 consul']);
});

test('a module version of no release is none, and then the content is asked', () => {
  const pseudo = `${consul}v0.0.0-20240102150405-abcdefabcdef\t\n`;
  assert.deepEqual(found({ consul: goProgram(pseudo) }), []);
  assert.deepEqual(found({ consul: goProgram(pseudo, 'CONSUL_VERSION: 1.13.1') }), ['consul 1.13.1 consul']);
});

test('a Go program of another module is not taken for the one that has its name', () => {
  const other = 'path\texample.com/consul\nmod\texample.com/consul\tv1.0.0\t\n';
  assert.deepEqual(found({ consul: goProgram(other, 'CONSUL_VERSION: 1.13.1') }), []);
  assert.deepEqual(found({ consul: goProgram(`${other}dep\tgithub.com/hashicorp/consul/api\tv1.28.0\th1:x=\n`) }), []);
  assert.deepEqual(found({ consul: elf('CONSUL_VERSION: 1.13.1') }), []);
  assert.deepEqual(found({ consul: elf('CONSUL_VERSION: 1.13.1\x00github.com/hashicorp/consul/agent') }), [
    'consul 1.13.1 consul',
  ]);
});

test('a program that a distribution builds without modules is known by its main package', () => {
  const caddy =
    'path\tgithub.com/caddyserver/caddy/v2/cmd/caddy\nbuild\t-ldflags=-X github.com/caddyserver/caddy/v2.CustomVersion=v2.11.4\n';
  assert.deepEqual(found({ caddy: goProgram(caddy) }), ['caddy 2.11.4 caddy']);
  assert.deepEqual(found({ caddy: goProgram(caddy.replace('caddyserver/caddy', 'caddyserver/caddyx')) }), []);
});

test('Go itself is known by its tool and by its file VERSION', () => {
  const tool = goProgram('path\tcmd/go\nbuild\t-compiler=gc\n');
  const text = 'go1.22.3\ntime 2026-08-28T16:20:06Z\n';
  assert.deepEqual(found({ 'usr/local/go/VERSION': text, 'usr/local/go/bin/go': tool, 'srv/VERSION': '1.2.3\n' }), [
    'go 1.22.3 usr/local/go/VERSION',
    'go 1.22.3 usr/local/go/bin/go',
  ]);
});

test('programs of Windows are known too', () => {
  const rdata = { name: '.rdata', address: 0x401000, bytes: Buffer.from('\x00node.js/v22.9.0\x00') };
  assert.deepEqual(found({ 'node.exe': buildPe(true, [rdata]) }), ['node 22.9.0 node.exe']);
});

test('a file with millions of places that look like a version is given up, with what was found', () => {
  const { packages, notes } = analyzeFiles(binary, { curl: elf('\x00curl/x'.repeat(400_000)) });
  assert.deepEqual(packages, []);
  assert.deepEqual(notes, ['curl: not searched to its end: more than 50000 places look like a version']);
});

test('programs that are cut off or lie about their size are read without a fault', () => {
  const file = goProgram(`${consul}v1.21.1\th1:x=\n`);
  for (let cut = 0; cut < file.length; cut += 3) analyzeFiles(binary, { consul: file.subarray(0, cut) });
  const liar = { ...memoryAccess(elf(nginx)), size: 2 ** 31 };
  const read = [...binary.read({ path: 'nginx', size: 2 ** 31, mode: 0o755, content: liar, limits: defaultLimits })];
  assert.equal(read.length, 1);
});
