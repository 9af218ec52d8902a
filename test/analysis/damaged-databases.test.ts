import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analyzer } from '#analysis/analyzer.ts';
import { apk } from '#analysis/analyzers/apk.ts';
import { dpkg } from '#analysis/analyzers/dpkg.ts';
import { detectDistro, osRelease } from '#analysis/analyzers/os-release.ts';
import { rpm } from '#analysis/analyzers/rpm.ts';
import { damagedCopies } from '#test/support/damaged-copies.ts';
import { runAnalyzer, viewOf } from '#test/support/run-analyzer.ts';
import { bdbFile, insertHeaders, ndbFile, rpmHeader, sqliteFile } from '#test/support/rpm-database.ts';

const headers = Array.from({ length: 12 }, (_, index) =>
  rpmHeader({
    name: `package-${index}`,
    version: '1.2',
    release: '3',
    epoch: index,
    arch: 'noarch',
    source: `package-1.2-3.src.rpm`,
    license: 'GPLv2+ and MIT',
    files: ['/usr/share/a/', '/usr/share/a/b', '/usr/bin/c'],
    padding: index * 400,
  }),
);
const logged = sqliteFile(headers.slice(0, 6), {
  pageSize: 512,
  logged: (database) => insertHeaders(database, headers.slice(6)),
});
const status = Array.from(
  { length: 20 },
  (_, index) =>
    `Package: p${index}\nStatus: install ok installed\nSource: s (1:2-${index})\nVersion: 1-${index}+b1\nInstalled-Size: 12\nDescription: x\n y\n`,
).join('\n');
const installed = Array.from(
  { length: 20 },
  (_, index) => `P:p${index}\nV:1-r${index}\nL:MIT AND ISC\nF:usr\nR:x\n`,
).join('\n');

/** What is damaged: the analyzer, the path, the bytes, and how often. */
const targets: Readonly<Record<string, readonly [Analyzer, string, Uint8Array, number]>> = {
  'an rpm database in SQLite': [rpm, 'var/lib/rpm/rpmdb.sqlite', sqliteFile(headers, { pageSize: 512 }).database, 1500],
  'an rpm database in ndb': [rpm, 'var/lib/rpm/Packages.db', ndbFile(headers), 1500],
  'an rpm database in Berkeley DB': [rpm, 'var/lib/rpm/Packages', bdbFile(headers, false, 512), 1500],
  'an rpm header': [rpm, 'var/lib/rpm/Packages', bdbFile([headers[0]!], true), 3000],
  'a dpkg status file': [dpkg, 'var/lib/dpkg/status', Buffer.from(status), 1500],
  'a list of the files of a package': [
    dpkg,
    'var/lib/dpkg/info/p1.list',
    Buffer.from('/.\n/usr\n/usr/a\n'.repeat(50)),
    500,
  ],
  'a copyright file': [
    dpkg,
    'usr/share/doc/p1/copyright',
    Buffer.from('Format: x\n\nLicense: GPL-2+ or MIT\n'.repeat(20)),
    500,
  ],
  'an apk database': [apk, 'lib/apk/db/installed', Buffer.from(installed), 1500],
  'an os-release file': [
    osRelease,
    'etc/os-release',
    Buffer.from('ID="debian"\nVERSION_CODENAME=x\nNAME=\'a\\b\'\n'),
    2000,
  ],
};

for (const [what, [analyzer, path, bytes, count]] of Object.entries(targets)) {
  test(`${what} may be damaged in any way: it is read, or noted`, () => {
    for (const copy of damagedCopies(bytes, 20261121, count)) {
      const { packages } = runAnalyzer(analyzer, { [path]: copy });
      for (const found of packages) assert.ok(found.name.length > 0 && found.version.length > 0);
      if (analyzer === osRelease) detectDistro(viewOf(osRelease, { [path]: copy }));
    }
  });
}

test('a write-ahead log may be damaged in any way: what was committed before the damage is read', () => {
  const found = (log: Uint8Array) =>
    runAnalyzer(rpm, { 'var/lib/rpm/rpmdb.sqlite': logged.database, 'var/lib/rpm/rpmdb.sqlite-wal': log });
  assert.equal(found(logged.log).packages.length, 12);
  for (const copy of damagedCopies(logged.log, 7, 1000))
    assert.ok([6, 12].includes(found(copy).packages.length), 'a transaction counts whole or not at all');
});
