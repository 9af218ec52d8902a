import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifactGroup } from '#analysis/java/artifact-group.ts';
import { bundleLicenses } from '#analysis/java/bundle-license.ts';
import { coordinateId, coordinateVersion } from '#analysis/java/coordinates.ts';
import { parseJarName } from '#analysis/java/jar-name.ts';
import { knownGroup, tomcatArtifact } from '#analysis/java/known-artifacts.ts';
import { repositoryCoordinates } from '#analysis/java/repository-path.ts';

test('a file name is an artifact, its version and what tells it from other files of the build', () => {
  for (const [file, artifact, version, classifier] of [
    ['lib/commons-lang3-3.12.0.jar', 'commons-lang3', '3.12.0', ''],
    ['log4j-1.2-api-2.14.1.jar', 'log4j-1.2-api', '2.14.1', ''],
    ['jackson-annotations-2.15.0-rc2.jar', 'jackson-annotations', '2.15.0-rc2', ''],
    ['guava-29.0-jre.jar', 'guava', '29.0-jre', ''],
    ['guava-r09.jar', 'guava', 'r09', ''],
    ['app-1.0-beta-2.war', 'app', '1.0-beta-2', ''],
    ['app-1.0-SNAPSHOT.war', 'app', '1.0-SNAPSHOT', ''],
    ['app-1.0-20210101.123456-1.jar', 'app', '1.0-20210101.123456-1', ''],
    ['servlet-api-2.5-20081211.jar', 'servlet-api', '2.5-20081211', ''],
    ['akka-actor_2.13-2.6.10.jar', 'akka-actor_2.13', '2.6.10', ''],
    ['bcprov-jdk15on-1.68.jar', 'bcprov-jdk15on', '1.68', ''],
    ['h2-1.4.200.jar', 'h2', '1.4.200', ''],
    [
      'google-api-services-storage-v1-rev20210127-1.31.0.jar',
      'google-api-services-storage',
      'v1-rev20210127-1.31.0',
      '',
    ],
    [
      'netty-transport-native-epoll-4.1.50.Final-linux-x86_64.jar',
      'netty-transport-native-epoll',
      '4.1.50.Final',
      'linux-x86_64',
    ],
    ['json-lib-2.4-jdk15.jar', 'json-lib', '2.4', 'jdk15'],
    ['spring-core-5.3.9-sources.jar', 'spring-core', '5.3.9', 'sources'],
    ['hadoop-common-2.6.0-cdh5.16.2.jar', 'hadoop-common', '2.6.0-cdh5.16.2', ''],
    ['org.eclipse.osgi_3.15.0.v20190830-1434.jar', 'org.eclipse.osgi', '3.15.0.v20190830-1434', ''],
    ['jsr305-0.1~+svn49.jar', 'jsr305', '0.1~+svn49', ''],
    ['spring3-aop-3.x.jar', 'spring3-aop', null, ''],
    ['catalina.jar', 'catalina', null, ''],
    ['my-app.jar', 'my-app', null, ''],
    ['2.0.jar', '2.0', null, ''],
    ['a b-1.0.jar', null, null, ''],
    [`${'a'.repeat(300)}-1.0.jar`, null, null, ''],
    ['-1.0.jar', null, null, ''],
    ['.jar', null, null, ''],
  ] as const) {
    const name = parseJarName(file);
    assert.deepEqual([name.artifact, name.version, name.classifier], [artifact, version, classifier], file);
  }
});

test('ids and versions that Maven could not have are none', () => {
  assert.equal(coordinateId(' org.example '), 'org.example');
  for (const text of ['', `$\{project.groupId}`, 'a:b', 'a/b', 'a b', '..', 'ü', 'a'.repeat(257), null, undefined]) {
    assert.equal(coordinateId(text), null, String(text));
  }
  assert.equal(coordinateVersion('1.0-SNAPSHOT (private-07/09/2020 13:30-me)'), '1.0-SNAPSHOT');
  assert.equal(coordinateVersion(' 2.0+build.7\n'), '2.0+build.7');
  for (const text of [
    '',
    `$\{revision}`,
    '@VERSION@',
    'unspecified',
    '[1,2)',
    '1/2',
    `1${'0'.repeat(256)}`,
    '1\u0000',
    null,
  ]) {
    assert.equal(coordinateVersion(text), text === '1\u0000' ? '1' : null, JSON.stringify(text));
  }
});

test('the layout of a repository tells coordinates', () => {
  const told = (path: string) => {
    const found = repositoryCoordinates(path);
    return found === null ? null : `${found.group}:${found.artifact}:${found.version}`;
  };
  for (const [path, coordinates] of [
    ['root/.m2/repository/org/acme/big-tool/1.0/big-tool-1.0.jar', 'org.acme:big-tool:1.0'],
    ['root/.m2/repository/org/acme/data/repository/tool/1.0/tool-1.0-linux.jar', 'org.acme.data.repository:tool:1.0'],
    ['root/.m2/repository/org/acme/tool/1-SNAPSHOT/tool-1-20210101.123456-1.jar', 'org.acme:tool:1-SNAPSHOT'],
    ['srv/repository/app/.m2/repository/org/acme/tool/1.0/tool-1.0.jar', 'org.acme:tool:1.0'],
    ['opt/karaf/system/org/acme/tool/1.0/tool-1.0.jar', 'org.acme:tool:1.0'],
    ['home/me/.gradle/caches/modules-2/files-2.1/org.acme/tool/1.0/0a1b2c/tool-1.0.jar', 'org.acme:tool:1.0'],
    ['cache/https/repo1.maven.org/maven2/org/acme/tool/1.0/tool-1.0.jar', 'org.acme:tool:1.0'],
    ['root/.m2/repository/org/acme/tool/1.0/other-1.0.jar', null],
    ['root/.m2/repository/tool-1.0.jar', null],
    ['srv/repository/tool/1.0/tool-1.0.jar', null],
    ['opt/app/lib/tool/1.0/tool-1.0.jar', null],
    ['tool-1.0.jar', null],
  ] as const) {
    assert.equal(told(path), coordinates, path);
  }
});

test('projects that moved have the group of their time', () => {
  for (const [artifact, major, group] of [
    ['spring-web', 5, 'org.springframework'],
    ['spring-security-core', 5, 'org.springframework.security'],
    ['spring-security-oauth2', 2, 'org.springframework.security.oauth'],
    ['spring-boot-admin-server', 2, 'de.codecentric'],
    ['spring-boot-actuator', 2, 'org.springframework.boot'],
    ['groovy-json', 3, 'org.codehaus.groovy'],
    ['groovy-json', 4, 'org.apache.groovy'],
    ['hibernate-core', 5, 'org.hibernate'],
    ['hibernate-core', 6, 'org.hibernate.orm'],
    ['hibernate-commons-annotations', 3, 'org.hibernate'],
    ['hibernate-commons-annotations', 6, 'org.hibernate.common'],
    ['dom4j', 1, 'dom4j'],
    ['dom4j', 2, 'org.dom4j'],
    ['asm', 3, 'asm'],
    ['asm-tree', 9, 'org.ow2.asm'],
    ['akka-actor_2.13', 2, 'com.typesafe.akka'],
    ['kafka_2.13', 3, 'org.apache.kafka'],
    ['tomcat-embed-core', 9, 'org.apache.tomcat.embed'],
    ['tomcat-coyote', 9, 'org.apache.tomcat'],
    ['core', 1, null],
    ['constructor', 1, null],
  ] as const) {
    assert.equal(knownGroup(artifact, major), group, `${artifact} ${major}`);
  }
  assert.equal(tomcatArtifact('catalina'), 'tomcat-catalina');
  assert.equal(tomcatArtifact('catalina-tribes'), 'tomcat-tribes');
  assert.equal(tomcatArtifact('tomcat-util'), 'tomcat-util');
  assert.equal(tomcatArtifact('ecj'), null);
});

test('the group of an artifact is what its manifest says, what is known, or a guess that is called so', () => {
  const told = (artifact: string, manifest: Readonly<Record<string, string>>) => {
    const { group, certainty, artifact: id } = artifactGroup(artifact, '3.1', new Map(Object.entries(manifest)));
    return [group, id, certainty];
  };
  for (const [artifact, manifest, wanted] of [
    ['git', { 'group-id': 'org.example', 'plugin-version': '1' }, ['org.example', 'git', 'declared']],
    ['git', { 'plugin-version': '1' }, ['org.jenkins-ci.plugins', 'git', 'guessed']],
    ['okhttp', { 'implementation-vendor-id': 'org.other' }, ['com.squareup.okhttp3', 'okhttp', 'known']],
    ['com.squareup.okhttp3.okhttp', {}, ['com.squareup.okhttp3', 'okhttp', 'known']],
    ['org.acme.tool', { 'implementation-vendor-id': 'org.acme' }, ['org.acme', 'tool', 'guessed']],
    [
      'commons-lang3',
      { 'bundle-symbolicname': 'org.apache.commons.lang3' },
      ['org.apache.commons', 'commons-lang3', 'guessed'],
    ],
    [
      'jackson-core',
      { 'bundle-symbolicname': 'com.fasterxml.jackson.core.jackson-core;singleton:=true' },
      ['com.fasterxml.jackson.core', 'jackson-core', 'guessed'],
    ],
    [
      'log4j-core',
      { 'bundle-symbolicname': 'org.apache.logging.log4j.core', 'implementation-vendor-id': 'org.apache' },
      ['org.apache.logging.log4j', 'log4j-core', 'guessed'],
    ],
    [
      'guava',
      { 'bundle-symbolicname': 'com.google.guava', 'implementation-vendor-id': 'com.google.guava' },
      ['com.google.guava', 'guava', 'guessed'],
    ],
    ['tool', { 'implementation-vendor-id': 'org.acme' }, ['org.acme', 'tool', 'guessed']],
    ['tool', { 'implementation-vendor-id': 'Acme' }, [null, 'tool', null]],
    ['slf4j-api', { 'bundle-symbolicname': 'slf4j.api' }, [null, 'slf4j-api', null]],
    ['tool', {}, [null, 'tool', null]],
  ] as const) {
    assert.deepEqual(told(artifact, manifest), wanted, artifact);
  }
});

test('the licences of a bundle are names or the ids of their addresses', () => {
  for (const [header, wanted] of [
    ['http://www.apache.org/licenses/LICENSE-2.0.txt', ['Apache-2.0']],
    ['"Apache-2.0";link="https://www.apache.org/licenses/LICENSE-2.0.txt"', ['Apache-2.0']],
    ['Apache-2.0;link="https://x, y", https://www.eclipse.org/legal/epl-v20.html', ['Apache-2.0', 'EPL-2.0']],
    ['https://opensource.org/licenses/MIT', ['MIT']],
    ['http://www.opensource.org/licenses/mit-license.php', ['MIT']],
    ['https://acme.example/licence', ['https://acme.example/licence']],
    ['<<EXTERNAL>>', []],
    ['', []],
  ] as const) {
    assert.deepEqual(bundleLicenses(header), wanted, header);
  }
});
