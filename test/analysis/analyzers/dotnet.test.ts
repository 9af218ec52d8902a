import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dotnet } from '#analysis/analyzers/dotnet.ts';
import { analyzeFiles, type TestFile } from '#test/support/analyze-files.ts';
import { buildElf, buildPe, machines, peBase } from '#test/support/executable-builder.ts';

const assemblies = join(import.meta.dirname, '../dotnet/runtime-and-application/tree/opt');
const gull = readFileSync(join(assemblies, 'app/plugins/Gull.Cry.dll'));

const names = (files: Readonly<Record<string, TestFile>>) => {
  const { packages, notes } = analyzeFiles(dotnet, files);
  return [...packages.map(({ name, version }) => `${name} ${version}`), ...notes];
};

const target = '.NETCoreApp,Version=v8.0/linux-x64';
const deps = (entries: Readonly<Record<string, object>>, types: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    runtimeTarget: { name: target, signature: '' },
    targets: { '.NETCoreApp,Version=v8.0': {}, [target]: entries },
    libraries: Object.fromEntries(Object.keys(entries).map((key) => [key, { type: types[key] ?? 'package' }])),
  });

test('of a deps.json the packages with files in the application are there, projects and what brings nothing are not', () => {
  const text = deps(
    {
      'App/1.0.0': { dependencies: { Dapper: '2.1.35' }, runtime: { 'App.dll': {} } },
      'Dapper/2.1.35': { runtime: { 'lib/net7.0/Dapper.dll': {} } },
      'Native.Sqlite/2.0.0': { runtimeTargets: { 'runtimes/linux-x64/native/libe_sqlite3.so': { rid: 'linux-x64' } } },
      'Humanizer.Core.de/2.14.1': { resources: { 'lib/net6.0/de/Humanizer.resources.dll': { locale: 'de' } } },
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': { native: { 'libcoreclr.so': {} } },
      'Meta/1.0.0': { dependencies: { Dapper: '2.1.35' } },
      'Analyzer/1.0.0': {},
      'Placeholder/4.3.0': { runtime: { 'lib/netstandard1.0/_._': {} } },
      'OnlyReferences/1.0.0': { compile: { 'ref/x.dll': {} } },
      'Mine/1.0.0.0': { runtime: { 'Mine.dll': {} } },
      'Other/1.0.0': { runtime: { 'Other.dll': {} } },
    },
    {
      'App/1.0.0': 'project',
      'Mine/1.0.0.0': 'reference',
      'Other/1.0.0': 'referenceassembly',
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': 'runtimepack',
    },
  );
  assert.deepEqual(names({ 'app/App.deps.json': text }), [
    'Dapper 2.1.35',
    'Native.Sqlite 2.0.0',
    'Humanizer.Core.de 2.14.1',
    'Microsoft.NETCore.App.Runtime.linux-x64 8.0.1',
  ]);
});

test('a deps.json without its runtime target is read by all targets, and without any it tells nothing', () => {
  const json = {
    targets: { a: { 'X/1.0': { runtime: { 'X.dll': {} } } } },
    libraries: { 'X/1.0': { type: 'Package' } },
  };
  assert.deepEqual(names({ 'a.deps.json': JSON.stringify(json) }), ['X 1.0']);
  assert.deepEqual(names({ 'a.deps.json': JSON.stringify({ ...json, runtimeTarget: { name: 'toString' } }) }), [
    'X 1.0',
  ]);
  for (const text of [
    '{}',
    '{"libraries":{},"targets":[]}',
    '{"libraries":{"X/1.0":{"type":"package"}},"targets":{"a":[],"b":null}}',
  ]) {
    assert.deepEqual(names({ 'a.deps.json': text }), [], text);
  }
  assert.deepEqual(names({ 'a.deps.json': '\ufeff{' }), ['a.deps.json: is not JSON']);
});

test('keys of a deps.json that are no package are left out', () => {
  const entry = { runtime: { 'X.dll': {} } };
  for (const key of ['X', '/1.0', 'X/', 'X/1.0/2', 'a b/1.0', `${'x'.repeat(101)}/1.0`, 'X/1 0', '../X/1.0']) {
    assert.deepEqual(names({ 'a.deps.json': deps({ [key]: entry }) }), [], key);
  }
});

test('a shared framework has the name and version of its release', () => {
  const path = (version: string) =>
    `usr/lib/dotnet/shared/Microsoft.AspNetCore.App/${version}/Microsoft.AspNetCore.App.deps.json`;
  const entry = { runtime: { 'Microsoft.AspNetCore.dll': {} } };
  assert.deepEqual(names({ [path('8.0.1')]: deps({ 'Microsoft.AspNetCore.App.Runtime.linux-x64/8.0.1': entry }) }), [
    'Microsoft.AspNetCore.App 8.0.1',
    'Microsoft.AspNetCore.App.Runtime.linux-x64 8.0.1',
  ]);
  assert.deepEqual(
    names({ [path('3.1.2')]: deps({ 'runtime.linux-x64.Microsoft.AspNetCore.App/3.1.2-servicing.1': entry }) }),
    ['Microsoft.AspNetCore.App 3.1.2', 'Microsoft.AspNetCore.App.Runtime.linux-x64 3.1.2'],
  );
  // Before .NET Core 3 the package was published under this name.
  assert.deepEqual(names({ [path('2.1.30')]: deps({ 'runtime.linux-x64.Microsoft.AspNetCore.App/2.1.30': entry }) }), [
    'Microsoft.AspNetCore.App 2.1.30',
    'runtime.linux-x64.Microsoft.AspNetCore.App 2.1.30',
  ]);
  assert.deepEqual(names({ 'shared/A/1.0/B.deps.json': deps({ 'X/1.0': entry }) }), ['X 1.0']);
});

test('an assembly is found by its version resource unless a deps.json accounts for it', () => {
  const app = deps({ 'App/1.0.0': { runtime: { 'lib/net8.0/gull.cry.DLL': {} } } }, { 'App/1.0.0': 'project' });
  const referenced = deps(
    { 'Gull.Cry/1.0.0.0': { runtime: { 'Gull.Cry.dll': {} } } },
    { 'Gull.Cry/1.0.0.0': 'reference' },
  );
  assert.deepEqual(names({ 'app/Gull.Cry.dll': gull }), ['Gull.Cry 2.3.1-rc.2']);
  assert.deepEqual(names({ 'app/GULL.DLL': gull }), ['GULL 2.3.1-rc.2']);
  assert.deepEqual(names({ 'app/Gull.exe': gull }), ['Gull 2.3.1-rc.2']);
  assert.deepEqual(names({ 'app/Gull.Cry.dll': gull, 'app/App.deps.json': app }), []);
  assert.deepEqual(names({ 'app/runtimes/unix/Gull.Cry.dll': gull, 'app/App.deps.json': app }), []);
  assert.deepEqual(names({ 'Gull.Cry.dll': gull, 'App.deps.json': app }), []);
  assert.deepEqual(names({ 'lib/Gull.Cry.dll': gull, 'App.deps.json': app }), []);
  assert.deepEqual(names({ 'Gull.Cry.dll': gull, 'app/App.deps.json': app }), ['Gull.Cry 2.3.1-rc.2']);
  assert.deepEqual(names({ 'app2/Gull.Cry.dll': gull, 'app/App.deps.json': app }), ['Gull.Cry 2.3.1-rc.2']);
  assert.deepEqual(names({ 'app/Gull.Cry.dll': gull, 'app/App.deps.json': referenced }), ['Gull.Cry 2.3.1-rc.2']);
});

test('class libraries of Windows and Mono, reference assemblies, translations and other files are no packages', () => {
  for (const path of [
    'Files/Windows/Microsoft.NET/Framework64/v4.0.30319/System.Web.dll',
    'Files/Windows/assembly/GAC_MSIL/X/1.0/X.dll',
    'Windows/System32/X.dll',
    'usr/lib/mono/4.5/mscorlib.dll',
    'usr/share/dotnet/packs/Microsoft.NETCore.App.Ref/8.0.1/ref/net8.0/System.Runtime.dll',
    'app/refs/System.Runtime.dll',
    'app/de/X.resources.dll',
    'app/mypackages.config',
    'app/old-packages.lock.json',
  ]) {
    assert.equal(dotnet.wants(path, 100_000, 0o644), false, path);
  }
});

test('programs of Windows that are not managed, and damaged ones, are nothing', () => {
  const native = buildPe(true, [{ name: '.text', address: peBase + 0x1000, bytes: Buffer.alloc(2000) }]);
  assert.deepEqual(
    names({ 'a/native.dll': native, 'a/native.exe': native, 'a/text.dll': 'MZ', 'a/empty.dll': '' }),
    [],
  );
});

test('an assembly that is cut off or changed anywhere gives its version or nothing, and never breaks', () => {
  const seen = new Set<string>();
  for (let length = 0; length < gull.length; length += 7) seen.add(names({ 'x.dll': gull.subarray(0, length) }).join());
  for (let at = 0; at < gull.length; at++) {
    const damaged = Buffer.from(gull);
    damaged[at] = at % 2 === 0 ? 0xff : 0x00;
    seen.add(names({ 'x.dll': damaged }).join());
  }
  assert.ok(seen.has('') && seen.has('x 2.3.1-rc.2'));
  for (const found of seen) assert.doesNotMatch(found, /x\.dll:/);
});

const mark = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');

/** A host with a bundle behind it, whose header `header` makes for the place where deps.json will be. */
function bundle(header: (at: number, size: number) => Buffer, text: string, offset?: number): Buffer {
  const host = (at: number) => {
    const data = Buffer.alloc(4096);
    data.writeBigInt64LE(BigInt(at), 96);
    mark.copy(data, 104);
    return buildElf(machines['amd64']!, [
      { name: '.text', address: 0x1000, bytes: Buffer.concat([Buffer.alloc(80_000), mark]) },
      { name: '.data', address: 0x80000, bytes: data, writable: true },
    ]);
  };
  const at = host(0).length;
  const json = Buffer.from(text);
  return Buffer.concat([host(offset ?? at + json.length), json, header(at, json.length)]);
}

const fixed = (major: number, files: number, id: string) => {
  const head = Buffer.alloc(13 + id.length);
  head.writeUInt32LE(major, 0);
  head.writeInt32LE(files, 8);
  head[12] = id.length;
  head.write(id, 13);
  return head;
};
const pair = (a: number, b: number) => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(a), 0);
  bytes.writeBigInt64LE(BigInt(b), 8);
  return bytes;
};
const located = (major: number) => (at: number, size: number) =>
  Buffer.concat([fixed(major, 3, 'GBD9qb7JkZYA'), pair(at, size), pair(0, 0), Buffer.alloc(8)]);
const listed = (at: number, size: number) => {
  const entry = (path: string, type: number) => {
    const length = path.length < 128 ? [path.length] : [(path.length & 127) | 128, path.length >> 7];
    return Buffer.concat([type === 3 ? pair(at, size) : pair(1, 9), Buffer.from([type, ...length]), Buffer.from(path)]);
  };
  return Buffer.concat([
    fixed(1, 3, 'abc'),
    entry('App.dll', 1),
    entry(`${'folder/'.repeat(30)}x.dll`, 1),
    entry('App.deps.json', 3),
  ]);
};

const app = deps({
  'Dapper/2.1.35': { runtime: { 'lib/net7.0/Dapper.dll': {} } },
  'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1': { runtime: { 'System.Runtime.dll': {} } },
});

test('a single-file program carries its deps.json, whatever the version of its bundle', () => {
  for (const [version, header] of [
    ['1', listed],
    ['2', located(2)],
    ['6', located(6)],
  ] as const) {
    assert.deepEqual(
      names({ 'usr/bin/app': { bytes: bundle(header, app), mode: 0o755 } }),
      ['Dapper 2.1.35', 'Microsoft.NETCore.App.Runtime.linux-x64 8.0.1'],
      version,
    );
  }
});

test('a host without a bundle, and a bundle that lies about its places, tell nothing', () => {
  for (const bytes of [
    bundle(located(6), app, 0),
    bundle(located(6), app, 2 ** 40),
    bundle(located(99), app),
    bundle(located(0), app),
    bundle((at) => Buffer.concat([fixed(6, 3, 'x'), pair(at, 2 ** 40), pair(0, 0)]), app),
    bundle((_, size) => Buffer.concat([fixed(6, 3, 'x'), pair(2 ** 50, size), pair(0, 0)]), app),
    bundle(() => fixed(6, 3, 'x'), app),
    bundle(() => fixed(1, 2_000_000_000, 'x'), app),
    bundle(() => Buffer.alloc(3), app),
  ]) {
    assert.deepEqual(names({ 'usr/bin/app': { bytes, mode: 0o755 } }), []);
  }
  const broken = { bytes: bundle(located(6), '{ no'), mode: 0o755 };
  assert.deepEqual(names({ 'usr/bin/app': broken, 'usr/bin/other': { bytes: bundle(located(6), app), mode: 0o755 } }), [
    'Dapper 2.1.35',
    'Microsoft.NETCore.App.Runtime.linux-x64 8.0.1',
    'usr/bin/app: is not JSON',
  ]);
});

test('an unpacked package is told by its manifest, and its assemblies are its own', () => {
  const nuspec = '<package><metadata><id>Gull.Cry</id><version>2.3.1</version></metadata></package>';
  const folder = 'root/.nuget/packages/gull.cry/2.3.1';
  assert.deepEqual(names({ [`${folder}/gull.cry.nuspec`]: nuspec, [`${folder}/lib/net8.0/Gull.Cry.dll`]: gull }), [
    'Gull.Cry 2.3.1',
  ]);
  for (const path of ['src/Gull.Cry.nuspec', 'chocolatey/lib/gull.cry/gull.cry.nuspec', 'gull.cry/v/gull.cry.nuspec']) {
    assert.equal(dotnet.wants(path, 100, 0o644), false, path);
  }
  for (const text of [
    '<x/>',
    '<package/>',
    '<package><metadata><id>a b</id><version>1</version></metadata></package>',
  ]) {
    assert.deepEqual(names({ [`${folder}/gull.cry.nuspec`]: text }), [], text);
  }
});

test('of what a project declares only single versions count', () => {
  for (const [version, found] of [
    ['1.2.3', '1.2.3'],
    ['[1.2.3]', '1.2.3'],
    ['1.2', '1.2'],
    ['1.2.3.4-beta.1+5', '1.2.3.4-beta.1+5'],
    ['$(Known)', '7.0.0'],
    ['$(Unknown)', null],
    ['1.*', null],
    ['*', null],
    ['[1.0,2.0)', null],
    ['[1.2.3', null],
    ['1.2.3]', null],
    ['(1.2.3,)', null],
    ['', null],
  ] as const) {
    const text = `<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><PropertyGroup><Known>7.0.0</Known></PropertyGroup>
      <ItemGroup><PackageReference Include="X" Version="${version}"/></ItemGroup></Project>`;
    assert.deepEqual(names({ 'src/a.csproj': text }), found === null ? [] : [`X ${found}`], version);
  }
});

test('documents that are broken are notes, and foreign ones nothing', () => {
  for (const [path, text, problem] of [
    ['a.csproj', '<Project>', /is not XML/],
    ['a.fsproj', 'no', /is not XML/],
    ['b.vbproj', '', /is not XML/],
    ['a.csproj', '<Project>'.repeat(100), /nested more than 64/],
    ['a.csproj', `<Project>${'<a/>'.repeat(200_001)}</Project>`, /more than 200000 elements/],
    ['packages.config', '<packages>&nope;<package id="X" version="1"/><package id="Y"/></packages>', null],
    ['packages.config', '<configuration><package id="X" version="1.0"/></configuration>', null],
    [
      'packages.lock.json',
      '{"dependencies":{"net8.0":{"a":1,"b":{"resolved":5},"c":{"type":"Project","resolved":"1.0.0"}},"x":7}}',
      null,
    ],
    ['packages.lock.json', '{', /is not JSON/],
  ] as const) {
    const { notes } = analyzeFiles(dotnet, { [path]: text });
    assert.match(notes.join(), problem ?? /^$/, text.slice(0, 60));
  }
  assert.deepEqual(names({ 'packages.config': '<packages>&nope;<package id="X" version="1"/></packages>' }), ['X 1']);
});
