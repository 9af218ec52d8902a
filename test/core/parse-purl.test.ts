import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePurl } from '#core/parse-purl.ts';
import { formatPurl } from '#core/purl.ts';

test('a package URL is read into its parts and written the same', () => {
  for (const text of [
    'pkg:npm/%40scope/name@1.0.0',
    'pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12',
    'pkg:golang/github.com/gorilla/mux@v1.8.0',
    'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    'pkg:generic/a%2Fb',
    'pkg:julia/HTTP@1.10.8%2B0?uuid=cd3eb016-35fb-5094-929b-558a96fad6f3',
  ]) {
    const purl = parsePurl(text);
    assert.ok(purl !== null, text);
    assert.equal(formatPurl(purl), text);
  }
});

test('spellings that tools write are understood', () => {
  const plain = { namespace: '', qualifiers: {} };
  assert.deepEqual(parsePurl('pkg:npm/@scope/name@1.0.0'), {
    type: 'npm',
    name: 'name',
    version: '1.0.0',
    namespace: '@scope',
    qualifiers: {},
  });
  assert.deepEqual(parsePurl('pkg:npm/@scope/name'), {
    type: 'npm',
    name: 'name',
    namespace: '@scope',
    qualifiers: {},
  });
  assert.deepEqual(parsePurl('PKG://PyPI/Jinja2@3.1#sub/path'), {
    type: 'pypi',
    name: 'Jinja2',
    version: '3.1',
    ...plain,
  });
  assert.deepEqual(parsePurl('pkg:cocoapods/A@2.0?x&=y&Arch=b%26c#Core'), {
    type: 'cocoapods',
    name: 'A',
    version: '2.0',
    namespace: '',
    qualifiers: { arch: 'b&c' },
  });
  assert.deepEqual(parsePurl('pkg:gem/__proto__@1?__proto__=x')?.name, '__proto__');
});

test('a qualifier with a key that is none is left out', () => {
  assert.deepEqual(parsePurl('pkg:gem/a@1?a\u0000b=1&\ufffd=2&9=3&arch=4&x y=5')?.qualifiers, { arch: '4' });
});

test('half a character in a name is written as one that cannot be told', () => {
  assert.equal(formatPurl({ type: 'npm', name: 'a\ud800', version: '\udc00' }), 'pkg:npm/a%EF%BF%BD@%EF%BF%BD');
});

test('what is no package URL is none', () => {
  for (const text of [
    '',
    'npm/a@1',
    'xpkg:npm/a@1',
    'pkg:',
    'pkg:npm',
    'pkg:npm/',
    'pkg:npm/@1',
    'pkg:npm/%E0%A4%A@1',
    'pkg:npm/a@%',
    `pkg:npm/${'a'.repeat(5000)}`,
  ])
    assert.equal(parsePurl(text), null, text.slice(0, 40));
});
