import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest } from '#analysis/java/manifest.ts';
import { parsePomProperties } from '#analysis/java/pom-properties.ts';
import { parsePom } from '#analysis/java/pom-xml.ts';
import { isFault } from '#test/support/is-fault.ts';

const manifest = (text: string) => Object.fromEntries(parseManifest(Buffer.from(text)));

test('values of a manifest go on over lines, also through the middle of a character, up to its first empty line', () => {
  const value = 'é'.repeat(40);
  const bytes = Buffer.from(`Bundle-Vendor: ${value}`);
  const folded = Buffer.concat([bytes.subarray(0, 70), Buffer.from('\r\n '), bytes.subarray(70)]);
  const text = Buffer.concat([
    Buffer.from('Manifest-Version: 1.0\r\n'),
    folded,
    Buffer.from('\r\n\r\nName: a\r\nX: y\r\n'),
  ]);
  assert.deepEqual(Object.fromEntries(parseManifest(text)), { 'manifest-version': '1.0', 'bundle-vendor': value });
});

test('manifests of careless tools are read as far as they go', () => {
  assert.deepEqual(manifest(''), {});
  assert.deepEqual(manifest('\n\nA: 1\n\nB: 2'), { a: '1' });
  assert.deepEqual(manifest('A: 1\rB: 2'), { a: '1', b: '2' });
  assert.deepEqual(manifest('a: 1\nA: 2\nno colon\n more\nB:3\n: 4\nC:'), { a: '2', b: '3', c: '' });
  assert.deepEqual(manifest(' lost\nA: 1\n  2'), { a: '1 2' });
  assert.deepEqual(manifest('A: x\u0000\u0007y'), { a: 'x y' });
});

test('a manifest of a hostile size is kept in bounds', () => {
  const read = parseManifest(
    Buffer.from(`A: ${'x'.repeat(100_000)}\n${Array.from({ length: 5000 }, (_, i) => `K${i}: v\n`).join('')}`),
  );
  assert.equal(read.get('a')?.length, 1024);
  assert.equal(read.size, 1000);
  assert.equal(parseManifest(Buffer.from(`A: 1\n${' x\n'.repeat(100_000)}B: 2`)).get('b'), '2');
});

test('pom.properties are properties of Java', () => {
  assert.deepEqual(
    parsePomProperties('#Generated\n!by\r\nversion=1.0\n groupId : org.example\nartifactId\ttool\\:x\nversion=2.0\n'),
    {
      groupId: 'org.example',
      artifactId: 'tool:x',
      version: '2.0',
    },
  );
  assert.deepEqual(parsePomProperties(''), { groupId: null, artifactId: null, version: null });
});

const property = (name: string) => `$\{${name}}`;
const pom = (inner: string) =>
  `<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">${inner}</project>`;

test('a pom has the coordinates of its parent where it has none, and its properties filled in', () => {
  const read = parsePom(
    pom(`<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>7</version></parent>
      <artifactId>tool</artifactId><version>\${project.parent.version}.\${revision}</version>
      <properties><revision>\${minor}</revision><minor>3</minor></properties>
      <dependencies><dependency><groupId>other</groupId><artifactId>x</artifactId><version>9</version></dependency></dependencies>
      <licenses><license><name><![CDATA[MIT]]> License</name><url>x</url></license><license><name>ISC</name></license></licenses>`),
  );
  assert.deepEqual(read, {
    groupId: 'org.example',
    artifactId: 'tool',
    version: '7.3',
    licenses: ['MIT License', 'ISC'],
  });
  assert.equal(parsePom(pom(`<version>${property('nothing')}</version>`)).version, property('nothing'));
});

test('a pom that names itself, entities of HTML and other XML end in little', () => {
  const [a, b] = [property('a'), property('b')];
  assert.match(
    parsePom(pom(`<version>${a}</version><properties><a>${b}${b}</a><b>${a}${a}</b></properties>`)).version ?? '',
    /^\$\{[ab]\}/,
  );
  assert.equal(
    parsePom(pom('<artifactId>a</artifactId><name>&copy; &eacute;</name><version>1</version>')).version,
    '1',
  );
  assert.deepEqual(parsePom('<html><project><version>1</version></project></html>'), {
    groupId: null,
    artifactId: null,
    version: null,
    licenses: [],
  });
  const laughs = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><project><version>&b;</version></project>';
  assert.ok((parsePom(laughs).version ?? '').length < 20);
});

test('what is no XML, or is nested without end, is a problem', () => {
  for (const text of ['hello', '<project>', '<a></b>', '{"a":1}']) {
    assert.throws(() => parsePom(text), isFault('input/invalid', /is not XML/), text);
  }
  assert.throws(() => parsePom('<a>'.repeat(100_000)), isFault('input/invalid', /nested more than 64 levels/));
});
