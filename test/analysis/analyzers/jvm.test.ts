import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jvm } from '#analysis/analyzers/jvm.ts';
import { matchNames } from '#matching/match-name.ts';
import { analyzeFiles } from '#test/support/analyze-files.ts';

/** Name, version, and the names under which it is judged. */
const told = (path: string, release: string, more: Readonly<Record<string, string>> = {}) => {
  const { packages, notes } = analyzeFiles(jvm, { [path]: release, ...more });
  assert.deepEqual(notes, []);
  return packages.map((found) => {
    const world = { advisories: null, distro: 'none', epochs: new Map() };
    const judged = matchNames({ ...found, paths: [], layer: null }, world);
    assert.equal(judged.kind, 'named');
    const names = judged.kind === 'named' ? judged.names : [];
    return [found.name, found.version, ...names.map(({ name, version }) => `${name} ${version}`)];
  });
};

test('a Java is judged as the products that it is, each in the numbering of its advisories', () => {
  for (const [release, wanted] of [
    [
      'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_RUNTIME_VERSION="1.8.0_422-b05"\nJAVA_VERSION="1.8.0_422"\n',
      ['openjdk', '1.8.0_422-b05', 'oracle:openjdk 8.0.422', 'eclipse:temurin 8.0.422'],
    ],
    [
      'IMPLEMENTOR="Azul Systems, Inc."\nIMPLEMENTOR_VERSION="Zulu17.34+19-CA"\nJAVA_VERSION="17.0.3"\nJAVA_RUNTIME_VERSION="17.0.3+7-LTS"\n',
      ['zulu', '17.0.3+7-LTS', 'oracle:openjdk 17.0.3', 'azul:zulu 17.34'],
    ],
    [
      'JAVA_VERSION="1.8.0_341"\nBUILD_TYPE="commercial"\n',
      ['jre', '1.8.0_341', 'oracle:java_se 8.0.341', 'oracle:jre 8.0.341'],
    ],
    [
      'IMPLEMENTOR="Oracle Corporation"\nJAVA_VERSION="17.0.12"\nJAVA_RUNTIME_VERSION="17.0.12+8-LTS-286"\nSOURCE=".:git:0c8d open:git:1bf2"\nMODULES="java.base jdk.compiler jdk.jshell"\n',
      ['jdk', '17.0.12+8-LTS-286', 'oracle:java_se 17.0.12', 'oracle:jdk 17.0.12', 'oracle:jre 17.0.12'],
    ],
    [
      'IMPLEMENTOR="Oracle Corporation"\nJAVA_VERSION="22.0.2"\nJAVA_RUNTIME_VERSION="22.0.2+9-70"\nSOURCE=".:git:13710926b798"\n',
      ['openjdk', '22.0.2+9-70', 'oracle:openjdk 22.0.2'],
    ],
    [
      'IMPLEMENTOR="GraalVM Community"\nJAVA_VERSION="17.0.8"\nGRAALVM_VERSION="23.0.1"\n',
      ['graalvm', '17.0.8', 'oracle:graalvm_for_jdk 17.0.8', 'oracle:openjdk 17.0.8'],
    ],
    [
      'IMPLEMENTOR="GraalVM Community"\nJAVA_VERSION="11.0.15"\nGRAALVM_VERSION="22.1.0"\n',
      ['graalvm', '11.0.15', 'oracle:graalvm 22.1.0', 'oracle:openjdk 11.0.15'],
    ],
    [
      'IMPLEMENTOR="IBM Corporation"\nJAVA_VERSION="17.0.10"\nJAVA_RUNTIME_VERSION="17.0.10+7"\nJVM_VERSION="openj9-0.43.0"\n',
      ['semeru', '17.0.10+7', 'oracle:openjdk 17.0.10', 'eclipse:openj9 0.43.0'],
    ],
    [
      'IMPLEMENTOR="IBM Corporation"\nJAVA_VERSION="1.8.0_401"\nFULL_VERSION="8.0.8.20 - pxa6480sr8fp20-20240205"\n',
      ['java', '1.8.0_401', 'ibm:java 8.0.8.20'],
    ],
    ['JAVA_VERSION="1.8.0_302"\nFULL_VERSION="8.0.7.0"\n', ['openjdk', '1.8.0_302', 'oracle:openjdk 8.0.302']],
  ] as const) {
    assert.deepEqual(told('opt/java/release', release), [wanted]);
  }
});

test('a build that does not say who made it is told by its folder, and by its compiler', () => {
  const release = 'JAVA_VERSION="1.7.0_80"\nOS_NAME="Linux"\n';
  assert.equal(told('opt/zulu7/release', release)[0]?.[0], 'zulu');
  assert.equal(told('opt/oracle-java7/release', release)[0]?.[0], 'jre');
  assert.equal(told('opt/oracle-java7/release', release, { 'opt/oracle-java7/bin/javac': '' })[0]?.[0], 'jdk');
  assert.deepEqual(told('release', release), [['openjdk', '1.7.0_80', 'oracle:openjdk 7.0.80']]);
});

test('files called release that tell of something else are silently nothing', () => {
  for (const text of [
    '',
    'VERSION=1\n',
    'JAVA_VERSION=""\n',
    'JAVA_VERSION="x; rm -rf"\n',
    '\u0000\u0001JAVA_VERSION',
    '{}',
  ]) {
    assert.deepEqual(analyzeFiles(jvm, { 'srv/release': text }), { packages: [], notes: [] }, JSON.stringify(text));
  }
  assert.equal(jvm.wants('opt/java/release', 2000, 0o644), true);
  assert.equal(jvm.wants('etc/os-release', 200, 0o644), false);
  assert.equal(jvm.wants('srv/release', 70_000, 0o644), false);
});

test('what a release file says is bounded, and of one line', () => {
  const { packages } = analyzeFiles(jvm, {
    'opt/java/release': `JAVA_VERSION="17.0.1"\nIMPLEMENTOR="A\u0007B${'x'.repeat(5000)}"\nSOURCE_REPO="https://x/?a=b&c"\n`,
  });
  assert.equal(packages[0]?.metadata?.['implementor']?.length, 256);
  assert.match(packages[0]?.vendor ?? '', /^A Bx+$/);
  assert.equal(packages[0]?.purl, 'pkg:generic/oracle/openjdk@17.0.1?repository_url=https:%2F%2Fx%2F%3Fa%3Db%26c');
});
