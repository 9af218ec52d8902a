import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpeLiteral, cpeName, cpeVersion, formatCpe, parseCpe, productVersion } from '#core/cpe.ts';

const parsed = (text: string) => parseCpe(text) ?? assert.fail(`${text} is not read`);

test('a CPE is read in its 2.3 binding, escaped colons and backslashes included', () => {
  const text = 'cpe:2.3:a:acme\\:works:a\\\\b:1.0\\:2:rc1:*:en:-:node.js:x64:*';
  const cpe = parsed(text);
  assert.deepEqual([cpe.part, cpe.vendor, cpe.product, cpe.version], ['a', 'acme\\:works', 'a\\\\b', '1.0\\:2']);
  assert.deepEqual(
    [cpe.update, cpe.language, cpe.swEdition, cpe.targetSw, cpe.targetHw],
    ['rc1', 'en', '-', 'node.js', 'x64'],
  );
  assert.equal(cpeName(cpe), 'acme:works:a\\b');
  assert.equal(formatCpe(cpe), text);
});

test('letter case of a CPE does not count', () => {
  assert.equal(cpeName(parsed('cpe:2.3:a:OpenBSD:OpenSSH:9.6:P1:*:*:*:*:*:*')), 'openbsd:openssh');
});

test('what a CPE leaves out at its end is any value', () => {
  assert.equal(formatCpe(parsed('cpe:2.3:a:f5:nginx')), 'cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*');
  assert.equal(formatCpe(parsed('cpe:/a:f5:nginx')), 'cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*');
});

test('the URI of CPE 2.2 is the same name as its 2.3 binding', () => {
  const same = [
    ['cpe:/a:openbsd:openssh:9.6:p1', 'cpe:2.3:a:openbsd:openssh:9.6:p1:*:*:*:*:*:*'],
    ['cpe:/a:gnu:c%2b%2b:-', 'cpe:2.3:a:gnu:c\\+\\+:-:*:*:*:*:*:*:*'],
    ['cpe:/a:acme:tool:8.%02', 'cpe:2.3:a:acme:tool:8.*:*:*:*:*:*:*:*'],
    ['cpe:/a:acme:tool:1:u2:~-~pro~linux~x64~', 'cpe:2.3:a:acme:tool:1:u2:-:*:pro:linux:x64:*'],
    ['cpe:/a:joomla:joomla%21', 'cpe:2.3:a:joomla:joomla\\!:*:*:*:*:*:*:*:*'],
  ] as const;
  for (const [uri, bound] of same) assert.equal(formatCpe(parsed(uri)), bound, uri);
});

test('a text that is no CPE is none', () => {
  const none = [
    '',
    'openssh',
    'cpe:2.3:x:acme:tool',
    'cpe:2.3:a:acme',
    'cpe:/',
    'cpe:/a:acme:%zz',
    'cpe:2.3:a:acme:tool:1\\',
    `cpe:2.3:a:acme:tool:${'*:'.repeat(12)}*`,
    `cpe:2.3:a:acme:${'x'.repeat(3000)}`,
  ];
  for (const text of none) assert.equal(parseCpe(text), null, text.slice(0, 60));
});

test('any value, none, and patterns are no text', () => {
  assert.deepEqual(['*', '-', '', '1.2*', '1\\\\*'].map(cpeLiteral), [null, null, null, null, null]);
  assert.deepEqual(['\\-', '1.2\\*', 'c\\+\\+', 'node.js'].map(cpeLiteral), ['-', '1.2*', 'c++', 'node.js']);
  assert.equal(cpeName(parsed('cpe:2.3:a:*:openssh')), null);
});

test('version and update of a CPE are one version as programs write it', () => {
  const versions = [
    ['openbsd:openssh:9.6:p1', '9.6p1'],
    ['sudo_project:sudo:1.9.5:patch2', '1.9.5p2'],
    ['python:python:3.11.0:alpha1', '3.11.0-alpha1'],
    ['acme:tool:1.0:-', '1.0'],
    ['acme:tool:1.0:*', '1.0'],
    ['openssl:openssl:1.0.2:beta1', '1.0.2-beta1'],
    ['oracle:jdk:1.8.0:update_292', '8.0.292'],
    ['oracle:jdk:1.8.0:update292', '8.0.292'],
    ['oracle:openjdk:8:update282', '8.0.282'],
    ['oracle:openjdk:8:-', '8'],
    ['oracle:jdk:8u401:*', '8.0.401'],
    ['oracle:jdk:11.0.22:*', '11.0.22'],
    ['acme:tool:*:*', null],
    ['acme:tool:-:*', null],
    ['acme:tool:2.*:*', null],
  ] as const;
  for (const [text, version] of versions) assert.equal(cpeVersion(parsed(`cpe:2.3:a:${text}`)), version, text);
});

test('a release of Java is one version however it is spelled, other products keep theirs', () => {
  const spellings = ['1.8.0_292', '8u292', '1.8.0_292-b10', '8u292-b10', '1.8.0-u292'];
  for (const spelling of spellings) assert.equal(productVersion({ product: 'openjdk' }, spelling), '8.0.292', spelling);
  assert.equal(productVersion({ product: 'jre' }, '11.0.10+9'), '11.0.10');
  assert.equal(productVersion({ product: 'jre' }, '1.8.0'), '8.0');
  assert.equal(productVersion({ product: 'tool' }, '1.8.0_292'), '1.8.0_292');
});
