import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { golang } from '#analysis/analyzers/golang.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';
import { buildElf, goInlineInfo, machines } from '#test/support/executable-builder.ts';

const program = (goVersion: string, modules: string) => {
  const bytes = goInlineInfo(goVersion, modules);
  const filler = { name: '.text', address: 0x400000, bytes: Buffer.alloc(64 * 1024) };
  return {
    mode: 0o755,
    bytes: buildElf(machines['amd64']!, [filler, { name: '.go.buildinfo', address: 0x500000, bytes }]),
  };
};

test('a Go program is its main module, its dependencies and the library of Go', () => {
  const { packages, notes } = analyzeFiles(golang, {
    'usr/bin/a': program(
      'go1.20.4 X:boringcrypto',
      'path\tx\nmod\tgithub.com/BurntSushi/a/v2\t(devel)\t\ndep\tgolang.org/x/sys\tv0.5.0\th1:\n',
    ),
  });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ name, version, arch, source, purl }) => [name, version, arch, source, purl]),
    [
      ['github.com/BurntSushi/a/v2', '(devel)', null, 'mod', 'pkg:golang/github.com/BurntSushi/a/v2@%28devel%29'],
      ['golang.org/x/sys', 'v0.5.0', null, 'dep', 'pkg:golang/golang.org/x/sys@v0.5.0'],
      ['stdlib', '1.20.4', null, 'toolchain', 'pkg:golang/stdlib@1.20.4'],
    ],
  );
  assert.ok(packages.every(({ evidence }) => evidence.path === 'usr/bin/a'));
});

test('the version of the library is that of Go, without what distributions and experiments add', () => {
  for (const [goVersion, version] of [
    ['go1.22', '1.22'],
    ['go1.21rc2', '1.21rc2'],
    ['go1.20.12 (Red Hat 1.20.12-2.el9_3) X:strictfipsruntime', '1.20.12'],
    ['devel go1.21-b1f3e2a Tue Jan 3 10:00:00 2023 +0000', '1.21-b1f3e2a'],
    ['devel +b1f3e2a Tue Jan 3 10:00:00 2020 +0000', '(devel)'],
  ] as const) {
    const { packages } = analyzeFiles(golang, { 'usr/bin/a': program(goVersion, '') });
    assert.deepEqual(
      packages.map(({ name, version, source }) => [name, version, source]),
      [['stdlib', version, 'toolchain']],
    );
  }
});

test('a program with damaged build information is a note, another executable is nothing', () => {
  const damaged = analyzeFiles(golang, { 'usr/bin/a': program('rust', '') });
  assert.deepEqual(damaged.packages, []);
  assert.match(damaged.notes.join(), /^usr\/bin\/a: Go build information cannot be read/);
  const script = { mode: 0o755, bytes: `#!/bin/sh\n${'#'.repeat(70_000)}` };
  assert.deepEqual(analyzeFiles(golang, { 'usr/bin/a': script }), { packages: [], notes: [] });
  const partly = analyzeFiles(golang, {
    'usr/bin/a': program('go1.22.1', 'mod\tx.org/a\tv1.0.0\ndep\tbad path\tv1\n'),
  });
  assert.deepEqual(
    partly.packages.map(({ name }) => name),
    ['x.org/a', 'stdlib'],
  );
  assert.match(partly.notes.join(), /1 modules of its Go build information cannot be read/);
});

const environment = { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), GOTOOLCHAIN: 'local' };
const go = goOnThisMachine();
const skip = go === null ? 'go is not on the PATH' : false;

test('the tools of Go are Go programs', { skip }, () => {
  const { packages } = analyzeFiles(golang, {
    'usr/bin/gofmt': { bytes: readFileSync(join(go!.root, 'bin/gofmt')), mode: 0o755 },
  });
  assert.deepEqual(
    packages.map(({ name, version }) => [name, version]),
    [['stdlib', go!.version]],
  );
});

test('a program that Go builds here is read', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-go-'));
  try {
    writeFileSync(
      join(folder, 'go.mod'),
      'module example.org/hello/v2\n\ngo 1.18\n\nrequire example.org/dep v1.2.3\n\nreplace example.org/dep => ./dep\n',
    );
    mkdirSync(join(folder, 'dep'));
    writeFileSync(join(folder, 'dep/go.mod'), 'module example.org/dep\n\ngo 1.18\n');
    writeFileSync(join(folder, 'dep/dep.go'), 'package dep\n\nvar Text = "hello"\n');
    writeFileSync(
      join(folder, 'main.go'),
      'package main\n\nimport "example.org/dep"\n\nfunc main() { println(dep.Text) }\n',
    );
    // One target that is not this machine's, big-endian and of 32 bits: each costs the runtime's compilation.
    const file = join(folder, 'program');
    const world = {
      GOOS: 'linux',
      GOARCH: 'mips',
      CGO_ENABLED: '0',
      GOFLAGS: '-mod=mod',
      GOPROXY: 'off',
      GO111MODULE: 'on',
    };
    const home = { GOCACHE: join(folder, 'cache'), GOPATH: join(folder, 'path') };
    execFileSync('go', ['build', '-ldflags=-s -w -X main.version=7.8.9', '-o', file, '.'], {
      cwd: folder,
      env: { ...environment, ...home, ...world },
      stdio: 'pipe',
    });
    const { packages, notes } = analyzeFiles(golang, { 'usr/bin/program': { bytes: readFileSync(file), mode: 0o755 } });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      packages.map(({ name, version, source }) => [name, version, source]),
      [
        ['example.org/hello/v2', '(devel)', 'mod'],
        ['example.org/dep', '(devel)', 'dep'],
        ['stdlib', go!.version, 'toolchain'],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The Go of this machine, its version like `1.26.3`; null without one. */
function goOnThisMachine(): { readonly version: string; readonly root: string } | null {
  try {
    const output = execFileSync('go', ['env', 'GOVERSION', 'GOROOT'], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: environment,
    });
    const [version = '', root = ''] = output.split('\n');
    return { version: version.split(' ')[0]!.slice('go'.length), root };
  } catch {
    return null;
  }
}
