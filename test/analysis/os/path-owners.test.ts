import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOwners } from '#analysis/os/path-owners.ts';
import { somePackage } from '#test/support/reports.ts';

const metadata = 'usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO';
const deb = somePackage({
  ...{ type: 'deb', name: 'python3-requests', version: '2.28.1+dfsg-1' },
  files: ['/usr/bin/x', `/${metadata}`],
});

const python = (paths: readonly string[]) =>
  somePackage({ type: 'python', name: 'requests', version: '2.28.1', paths });

test('the places of a language’s package that the distribution owns are marked, others are not', () => {
  const other = '/usr/local/lib/python3.11/site-packages/requests-2.28.1.dist-info/METADATA';
  const [, found] = withOwners([deb, python([`/${metadata}`, other])], (path) => path);
  assert.deepEqual(found?.owners, [{ path: `/${metadata}`, purl: deb.purl }]);
  const [, free] = withOwners([deb, python([other])], (path) => path);
  assert.equal(free?.owners, undefined);
});

test('a place below a link to a folder is owned under its real name', () => {
  const listed = '/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO';
  const [, found] = withOwners([deb, python([listed])], (path) => path.replace(/^lib\//, 'usr/lib/'));
  assert.deepEqual(found?.owners, [{ path: listed, purl: deb.purl }]);
});

test('packages of the distribution own nothing of each other', () => {
  const other = somePackage({ type: 'deb', name: 'x', version: '1', paths: ['/usr/bin/x'] });
  assert.deepEqual(
    withOwners([deb, other], (path) => path),
    [deb, other],
  );
});
