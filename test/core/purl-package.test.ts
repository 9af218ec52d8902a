import assert from 'node:assert/strict';
import { test } from 'node:test';
import { purlPackage } from '#core/purl-package.ts';

test('a stored purl tells the package as lists of packages show it', () => {
  for (const [purl, wanted] of [
    ['pkg:deb/debian/libssl3@3.0.11-1?arch=amd64', ['deb', 'libssl3', '3.0.11-1']],
    ['pkg:rpm/rhel/dbus@1.12.8-9?arch=x86_64&epoch=1', ['rpm', 'dbus', '1:1.12.8-9']],
    ['pkg:npm/%40scope/name@1.0.0', ['npm', '@scope/name', '1.0.0']],
    ['pkg:maven/org.apache/thing@2', ['java', 'org.apache:thing', '2']],
    ['pkg:golang/github.com/a/b@v1.2.3', ['golang', 'github.com/a/b', 'v1.2.3']],
    ['pkg:generic/busybox', ['binary', 'busybox', '']],
  ] as const) {
    const found = purlPackage(purl);
    assert.deepEqual([found?.type, found?.name, found?.version], wanted, purl);
  }
  for (const none of ['', 'pkg:unheard/of@1', 'pkg:npm/%zz@1', 'text']) assert.equal(purlPackage(none), null, none);
});
