import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePathGlob } from '#analysis/search/path-glob.ts';

test('a star is any characters of a name, two are any folders or none', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ['/etc/passwd', ['etc/passwd'], ['etc/passwd2', 'etc', 'x/etc/passwd', 'passwd', 'tc/passwd', '']],
    ['/etc/*.conf', ['etc/a.conf', 'etc/.conf'], ['etc/a/b.conf', 'etc/a.conf.d', 'etc/aconf']],
    ['/*/x', ['a/x'], ['x', 'a/b/x', 'a/xx']],
    ['/a*b*c/d', ['abc/d', 'aXbYc/d', 'abbc/d'], ['ac/d', 'abcd', 'abcX/d']],
    ['/**/*.key', ['a.key', 'x/a.key', 'x/y/a.key'], ['a.keys', 'x/a.key/b']],
    [
      '/opt/**/conf/*.yml',
      ['opt/conf/a.yml', 'opt/x/conf/a.yml', 'opt/conf/conf/a.yml'],
      ['opt/x/a.yml', 'conf/a.yml'],
    ],
    ['/a/**/b/**/c', ['a/b/c', 'a/x/b/y/z/c', 'a/b/b/c/c'], ['a/c/b', 'a/b', 'b/c']],
    ['/srv/**', ['srv/a', 'srv/a/b/c'], ['srv', 'srvx/a']],
    ['/**', ['a', 'a/b'], []],
    ['/a/b/**/b/c', ['a/b/b/c'], ['a/b/c']],
    ['/a*bc*c', ['abcc'], ['abc']],
    ['/aa*aa', ['aaaa', 'aaXaa'], ['aaa']],
    ['/[a].txt', ['[a].txt'], ['a.txt']],
  ];
  for (const [glob, meant, others] of cases) {
    const matches = makePathGlob(glob);
    for (const path of meant) assert.equal(matches(path), true, `${glob} ${path}`);
    for (const path of others) assert.equal(matches(path), false, `${glob} ${path}`);
  }
});

test('a hostile path costs no more than its length times the glob', () => {
  const path = `${'a/'.repeat(2000)}b`;
  assert.equal(makePathGlob(`/${'**/a/'.repeat(50)}c`)(path), false);
  assert.equal(makePathGlob(`/${'*a'.repeat(50)}b`)('a'.repeat(4000)), false);
});
