import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { java } from '#analysis/analyzers/java.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import { type ZippedFile, zip } from '#test/feeds/zip.ts';
import { analyzeFiles, type TestFile } from '#test/support/analyze-files.ts';
import { damagedCopies } from '#test/support/damaged-copies.ts';

/** `NAME VERSION`, with the place in the archive behind, of everything found in a file. */
const found = (path: string, bytes: TestFile) => {
  const { packages, notes } = analyzeFiles(java, { [path]: bytes });
  return {
    rows: packages.map(({ name, version, inside }) => [name, version, inside].filter(Boolean).join(' ')),
    notes,
    packages,
  };
};

/** As {@link found}, under other limits. */
const foundUnder = (limits: Partial<Limits>, path: string, bytes: Buffer) => {
  const rows: string[] = [];
  const file = { path, size: bytes.length, mode: 0o644, content: memoryAccess(bytes) };
  try {
    for (const { key } of java.read({ ...file, limits: { ...defaultLimits, ...limits } })) rows.push(key);
  } catch (thrown) {
    return { rows, note: (thrown as Error).message };
  }
  return { rows, note: null };
};

/** As Maven and Gradle write it, where nobody filled it in. */
const property = (name: string) => `$\{${name}}`;

const properties = (group: string, artifact: string, version: string): ZippedFile => ({
  name: `META-INF/maven/${group}/${artifact}/pom.properties`,
  content: `groupId=${group}\nartifactId=${artifact}\nversion=${version}\n`,
});
const manifest = (text: string): ZippedFile => ({
  name: 'META-INF/MANIFEST.MF',
  content: `Manifest-Version: 1.0\n${text}`,
});

test('archives are told by their endings, in any case', () => {
  for (const [path, wanted] of [
    ['opt/a.jar', true],
    ['opt/A.WAR', true],
    ['a.lpkg', true],
    ['a.zip', true],
    ['usr/share/jar', false],
    ['a.jar.old', false],
    ['a.tar', false],
    ['a.gz', false],
    ['jar', false],
    ['a.', false],
  ] as const) {
    assert.equal(java.wants(path, 100, 0o644), wanted, path);
  }
});

test('the project that a file is called after is the archive itself, the others were shaded into it', () => {
  const bytes = zip([
    manifest('Implementation-Version: 2.0\nImplementation-Vendor: Example\n'),
    properties('org.shaded', 'gson', '2.8'),
    properties('org.example', 'tool', '2.0'),
    properties('org.shaded', 'gson', '2.8'),
  ]);
  const { rows, packages } = found('opt/tool-2.0.jar', bytes);
  assert.deepEqual(rows, ['org.example:tool 2.0', 'org.shaded:gson 2.8']);
  assert.equal(packages[0]?.metadata?.['implementation-version'], '2.0');
  assert.equal(packages[0]?.vendor, 'Example');
  assert.equal(packages[1]?.metadata?.['implementation-version'], undefined);
  assert.equal(packages[1]?.vendor, null);
});

test('an archive that is called otherwise is its only project, unless its version is another', () => {
  const project = properties('org.example', 'tool', '2.0');
  assert.deepEqual(found('app.jar', zip([project])).rows, ['org.example:tool 2.0']);
  assert.deepEqual(found('app-2.0.jar', zip([project])).rows, ['org.example:tool 2.0']);
  assert.deepEqual(found('org.example.tool-2.0.jar', zip([project])).rows, ['org.example:tool 2.0']);
  assert.deepEqual(found('org.example-tool-2.0-all.jar', zip([project])).rows, ['org.example:tool 2.0']);
  const other = properties('org.other', 'lib', '2.0');
  assert.deepEqual(found('org.example.tool-2.0.jar', zip([other, project])).rows, [
    'org.example:tool 2.0',
    'org.other:lib 2.0',
  ]);
  assert.deepEqual(found('app-3.1.jar', zip([project])).rows, ['app 3.1', 'org.example:tool 2.0']);
  assert.deepEqual(found('app.jar', zip([manifest('Implementation-Version: 3.1\n'), project])).rows, [
    'app 3.1',
    'org.example:tool 2.0',
  ]);
});

test('of several projects under a foreign name the manifest tells which is the archive', () => {
  const projects = [properties('org.example', 'a-tool', '1.0'), properties('org.example', 'b-tool', '2.0')];
  const title = manifest('Implementation-Title: b-tool\nImplementation-Version: 2.0\nBundle-License: MIT\n');
  const { packages } = found('app.jar', zip([title, ...projects]));
  assert.deepEqual(
    packages.map(({ name, licenses }) => [name, licenses]),
    [
      ['org.example:b-tool', ['MIT']],
      ['org.example:a-tool', []],
    ],
  );
});

test('a pom.xml tells where pom.properties are missing or do not tell all', () => {
  const folder = 'WEB-INF/classes/META-INF/maven/org.example/tool';
  const pom = {
    name: `${folder}/pom.xml`,
    content:
      '<project><parent><groupId>org.parent</groupId><version>5</version></parent><artifactId>tool</artifactId></project>',
  };
  const { packages } = found('tool.war', zip([pom]));
  assert.deepEqual(packages[0]?.metadata, {
    'identified-by': 'pom.xml',
    extension: 'war',
    group: 'declared',
    'maven-version': '5',
    'pom.properties': 'groupId=org.parent\nartifactId=tool\nversion=5\n',
    origin: 'org.parent',
  });
  const half = { name: `${folder}/pom.properties`, content: `version=${property('revision')}\nartifactId=tool\n` };
  assert.deepEqual(found('tool.war', zip([pom, half])).rows, ['org.parent:tool 5']);
  assert.deepEqual(found('x.war', zip([half])).rows, []);
  assert.deepEqual(found('x.war', zip([half, manifest('Implementation-Version: 6\n')])).rows, ['org.example:tool 6']);
  const broken = { name: `${folder}/pom.xml`, content: '<project>' };
  const { rows, notes } = found('tool-1.jar', zip([broken, properties('org.example', 'other', '3')]));
  assert.deepEqual(rows, ['tool 1', 'org.example:other 3']);
  assert.match(notes.join(), /pom\.xml is not XML/);
});

test('without Maven the name of the file and the manifest tell, and how sure the group is', () => {
  const told = (path: string, ...files: readonly ZippedFile[]) =>
    found(path, zip(files)).packages.map(({ name, version, metadata }) => [
      name,
      version,
      metadata?.['identified-by'],
      metadata?.['group'],
    ]);
  assert.deepEqual(told('spring-core-5.3.9.jar', manifest('Implementation-Title: spring-core\n')), [
    ['org.springframework:spring-core', '5.3.9', 'name', 'known'],
  ]);
  assert.deepEqual(told('tool-1.0.jar'), [['tool', '1.0', 'name', undefined]]);
  assert.deepEqual(told('app.jar', manifest('Implementation-Title: tide-tables\nImplementation-Version: 4.2\n')), [
    ['tide-tables', '4.2', 'manifest', undefined],
  ]);
  assert.deepEqual(told('app.jar', manifest('Implementation-Title: Tide Tables\nBundle-Version: 4.2\n')), [
    ['app', '4.2', 'manifest', undefined],
  ]);
  assert.deepEqual(
    told('catalina.jar', manifest('Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.45\n')),
    [['org.apache.tomcat:tomcat-catalina', '9.0.45', 'manifest', 'known']],
  );
  assert.deepEqual(told('root/.m2/repository/org/acme/tool/1.0/tool-1.0.jar'), [
    ['org.acme:tool', '1.0', 'repository', 'declared'],
  ]);
  assert.deepEqual(told('tool-1.0.jar', manifest('Implementation-Version: 1.0-custom\n')), [
    ['tool', '1.0', 'name', undefined],
  ]);
  assert.deepEqual(told('tool-1.0-custom.jar', manifest('Implementation-Version: 1.0-custom\n')), [
    ['tool', '1.0-custom', 'name', undefined],
  ]);
  assert.deepEqual(told('app.jar'), []);
  assert.deepEqual(told('app.jar', manifest(`Implementation-Version: ${property('version')}\n`)), []);
  assert.deepEqual(told('tool-1.0-sources.jar', manifest('')), []);
  assert.deepEqual(told('tool-1.0-javadoc.jar', properties('org.example', 'tool', '1.0')), []);
});

test('a plugin of Jenkins is called by its short name and group', () => {
  const text =
    'Group-Id: org.jenkins-ci.plugins.workflow\nShort-Name: workflow-job\nPlugin-Version: 2.41 (private-me)\nImplementation-Version: 9\n';
  const { packages } = found('var/jenkins_home/plugins/Job.jpi', zip([manifest(text)]));
  assert.deepEqual(
    packages.map(({ purl, metadata }) => [purl, metadata?.['extension'], metadata?.['group']]),
    [['pkg:maven/org.jenkins-ci.plugins.workflow/workflow-job@2.41', 'jpi', 'declared']],
  );
});

test('a package without a group has no namespace in its purl', () => {
  assert.equal(found('my+tool-1.0.jar', zip([])).packages.length, 0);
  assert.equal(found('tool-1.0.jar', zip([])).packages[0]?.purl, 'pkg:maven/tool@1.0');
});

test('archives in archives are found in order, stored or deflated, in zips too', () => {
  const jar = zip([properties('org.example', 'sail', '1')]);
  const war = zip([
    { name: 'WEB-INF/lib/sail.jar', content: jar, stored: true },
    properties('org.example', 'quay', '2'),
  ]);
  const inner = zip([{ name: 'deep/sail.jar', content: jar }]);
  const ear = zip([
    { name: 'b.war', content: war },
    { name: 'lib/inner.ZIP', content: inner, stored: true },
    { name: 'lib/folder.jar/', content: '', stored: true },
  ]);
  const { rows, notes } = found('a.ear', Buffer.concat([Buffer.from('#!/bin/sh\n'), ear]));
  assert.deepEqual(notes, []);
  assert.deepEqual(rows, [
    'org.example:quay 2 b.war',
    'org.example:sail 1 b.war:WEB-INF/lib/sail.jar',
    'org.example:sail 1 lib/inner.ZIP:deep/sail.jar',
  ]);
});

test('what is no archive is a note for an ending of Java, and nothing for one that others use', () => {
  for (const path of ['a.jar', 'a.war', 'a.hpi']) {
    assert.deepEqual(found(path, 'text').notes, [`${path}: is no zip archive, or is cut off`]);
  }
  for (const path of ['a.par', 'a.rar', 'a.zip', 'a.sar']) assert.deepEqual(found(path, 'Rar!').notes, []);
  assert.deepEqual(found('a.jar', '').notes, []);
  const cut = zip([{ name: 'a', content: 'b' }]).subarray(0, -4);
  assert.deepEqual(found('a.zip', cut).notes, ['a.zip: is no zip archive, or is cut off']);
});

test('an archive that cannot be read hides no other', () => {
  const jar = zip([properties('org.example', 'sail', '1')]);
  const { rows, notes } = found(
    'a.war',
    zip([
      { name: 'lib/text.jar', content: 'text' },
      { name: 'lib/empty-1.0.jar', content: '' },
      { name: 'lib/locked-1.0.jar', content: jar, says: { flags: 1 } },
      { name: 'lib/cut.jar', content: jar.subarray(0, 50) },
      { name: 'lib/picture.zip', content: 'no zip' },
      { name: 'lib/lying.jar', content: jar, says: { size: 10 } },
      { name: 'lib/good.jar', content: jar },
      ...Array.from({ length: 10 }, (_, i) => ({ name: `lib/bad${i}.jar`, content: 'x' })),
    ]),
  );
  assert.deepEqual(rows, ['org.example:sail 1 lib/good.jar']);
  assert.deepEqual(notes, [
    'a.war: lib/text.jar is no zip archive, or is cut off; lib/locked-1.0.jar is encrypted; lib/cut.jar is no zip archive, or is cut off; ' +
      'lib/lying.jar inflates to more than the 10 bytes it may have; lib/bad0.jar is no zip archive, or is cut off; and 9 more problems',
  ]);
});

test('an archive that is too large to be inflated is told by its name', () => {
  const big = { name: 'lib/log4j-core-2.14.1.jar', content: 'x', says: { size: 70 * 1024 * 1024 } };
  const { rows, notes } = found('a.war', zip([big, properties('org.example', 'quay', '2')]));
  assert.deepEqual(rows, ['org.example:quay 2', 'log4j-core 2.14.1 lib/log4j-core-2.14.1.jar']);
  assert.match(notes.join(), /inflates 3 bytes to 73400320 \(limit archiveRatio of 250\)/);
});

test('archives within one another share the memory that inflated ones may take', () => {
  const size = 40 * 1024 * 1024;
  const middle = zip([
    { name: 'filling', content: Buffer.alloc(size), stored: true },
    { name: 'inner-1.0.jar', content: 'x', says: { size } },
  ]);
  const outer = zip([
    { name: 'middle.zip', content: middle },
    { name: 'lib/inner-2.0.jar', content: zip([]) },
  ]);
  const { rows, note } = foundUnder({ archiveRatio: 1e9 }, 'a.zip', outer);
  assert.deepEqual(rows, [' inner 1.0 middle.zip:inner-1.0.jar', ' inner 2.0 lib/inner-2.0.jar']);
  assert.match(note ?? '', /^middle\.zip:inner-1\.0\.jar has 41943040 bytes, of which 25\d{6} are held at most$/);
});

/** A jar in a jar in a jar ... with a project in each. */
const nest = (depth: number, stored: boolean): Buffer => {
  let bytes = zip([properties('org.example', 'core', '0')]);
  for (let at = 1; at <= depth; at++) {
    bytes = zip([{ name: `l${at}.jar`, content: bytes, stored }, properties('org.example', `layer${at}`, '1')]);
  }
  return bytes;
};

test('archives are followed as deep as the limit says, and the next is a note', () => {
  for (const stored of [true, false]) {
    const { rows, notes } = found('nest.jar', nest(100, stored));
    assert.equal(rows.length, 17);
    assert.match(notes.join(), /^nest\.jar: l100\.jar:.*:l84\.jar lies deeper \(limit archiveDepth of 16\)$/);
  }
  assert.deepEqual(found('nest.jar', nest(16, false)).notes, []);
});

/** An archive of one file, `a.jar`, whose directory lists that file also as `b.jar`. */
const twice = (bytes: Buffer): Buffer => {
  const [directory, end] = [bytes.readUInt32LE(bytes.length - 6), bytes.length - 22];
  const entry = bytes.subarray(directory, end);
  const ending = Buffer.from(bytes.subarray(end));
  ending.writeUInt32LE(2 * entry.length, 12);
  const other = Buffer.from(entry);
  other.write('b', 46);
  return Buffer.concat([bytes.subarray(0, directory), entry, other, ending]);
};

test('of two archives under one name the first counts', () => {
  const jars = ['1', '2'].map((version) => ({
    name: 'a.jar',
    content: zip([properties('org.example', 'sail', version)]),
  }));
  assert.deepEqual(found('a.war', zip(jars)).rows, ['org.example:sail 1 a.jar']);
});

test('archives that hold one archive many times over end with their limits', () => {
  let bytes = zip([properties('org.example', 'core', '0')]);
  for (let at = 0; at < 16; at++) bytes = twice(zip([{ name: 'a.jar', content: bytes, stored: true }]));
  const { rows, note } = foundUnder({ archiveEntries: 5000 }, 'double.jar', bytes);
  assert.ok(rows.length > 1000 && rows.length < 5000, `${rows.length}`);
  assert.match(
    note ?? '',
    /has more entries, with what is in it, and is not read further \(limit archiveEntries of 5000\)$/,
  );
  const opened = foundUnder({ archiveInflatedBytes: 10_000_000 }, 'double.jar', bytes);
  assert.match(opened.note ?? '', /limit archiveInflatedBytes/);
});

test('an archive with too many entries, or too much in it, keeps what was found before', () => {
  const jar = zip([
    properties('org.example', 'sail', '1'),
    ...Array.from({ length: 50 }, (_, i) => ({ name: `C${i}.class`, content: '' })),
  ]);
  const war = zip(Array.from({ length: 10 }, (_, i) => ({ name: `lib/${i}.jar`, content: jar })));
  const entries = foundUnder({ archiveEntries: 120 }, 'a.war', war);
  assert.equal(entries.rows.length, 3);
  assert.match(entries.note ?? '', /limit archiveEntries of 120/);
  const bytes = foundUnder({ archiveInflatedBytes: 3 * jar.length }, 'a.war', war);
  assert.equal(bytes.rows.length, 2);
  assert.match(bytes.note ?? '', /limit archiveInflatedBytes/);
});

test('a bomb in a jar is a note', () => {
  const bomb = { name: 'lib/bomb.jar', content: Buffer.alloc(32 * 1024 * 1024) };
  const { rows, notes } = found('a.war', zip([bomb, properties('org.example', 'quay', '2')]));
  assert.deepEqual(rows, ['org.example:quay 2']);
  assert.match(notes.join(), /lib\/bomb\.jar inflates \d+ bytes to 33554432 \(limit archiveRatio of 250\)/);
  const pom = { name: 'META-INF/maven/a/b/pom.xml', content: Buffer.alloc(32 * 1024 * 1024, '<a>') };
  assert.match(found('tool-1.jar', zip([pom])).notes.join(), /pom\.xml has 33554432 bytes, of which 1048576 are held/);
  const huge = { name: 'META-INF/MANIFEST.MF', content: Buffer.alloc(32 * 1024 * 1024) };
  const { rows: named, notes: said } = found('tool-1.jar', zip([huge]));
  assert.deepEqual(named, ['tool 1']);
  assert.match(said.join(), /META-INF\/MANIFEST\.MF inflates to more than the 8388608 bytes/);
});

test('documents of one archive are parsed up to a limit', () => {
  const poms = Array.from({ length: 8 }, (_, i) => ({
    name: `META-INF/maven/org.example/tool${i}/pom.xml`,
    content: `<project><version>1</version><!--${'x'.repeat(1000)}--></project>`,
  }));
  const { rows, note } = foundUnder({ jsonBytes: 5000 }, 'all.jar', zip(poms));
  assert.equal(rows.length, 4);
  assert.match(note ?? '', /tool7\/pom\.xml is not read with the documents before it \(limit jsonBytes of 5000\)/);
});

test('nothing but a note comes of damaged archives', () => {
  const folder = join(import.meta.dirname, '../java/an-enterprise-application-and-a-shaded-jar-of-maven/tree/opt/app');
  for (const name of ['ship-3.1.ear', 'tug-0.9.jar']) {
    for (const copy of damagedCopies(readFileSync(join(folder, name)), 11, 500)) found(name, copy);
  }
});
