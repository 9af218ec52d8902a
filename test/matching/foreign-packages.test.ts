import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Package } from '#core/package.ts';
import { foreignPackages } from '#matching/foreign-packages.ts';
import { reportFindings } from '#matching/judge-report.ts';
import { inRollback } from '#test/support/database.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { testClock } from '#test/support/test-clock.ts';

const distro = { id: 'debian', versionId: '12', codename: null, name: null, idLike: [] };

const os = (type: 'deb' | 'rpm', purl: string, version: string, origin: Package['origin']) =>
  somePackage({ type, name: 'libssl3', version, origin, purl, source: purl });

const isMarked = (found: Package) => /[?&]imported=[0-9a-f]{16}$/.test(found.purl);

test('a package whose URL does not tell the version that it is judged by is marked, all others are as they were', () => {
  const debian: readonly (readonly [Package, boolean])[] = [
    [somePackage({ type: 'npm', name: 'hull', version: '9.9.9', purl: 'pkg:npm/hull@1.0.0' }), true],
    [somePackage({ type: 'npm', name: 'hull', version: '1.0.0', purl: 'no purl' }), true],
    [somePackage({ type: 'npm', name: 'keel', version: '1.0.0', purl: 'pkg:npm/keel@1.0.0' }), false],
    [os('deb', 'pkg:deb/debian/libssl3@3.0?upstream=openssl', '3.0', { name: 'openssl', version: '3.0' }), false],
    [os('deb', 'pkg:deb/debian/libssl3@3.1?upstream=openssl%403.0', '3.1', { name: 'openssl', version: '3.0' }), false],
    [os('deb', 'pkg:deb/debian/libssl3@1%3A3', '1:3', null), false],
    [os('deb', 'pkg:deb/debian/libssl3@3.2?upstream=openssl', '3.2', { name: 'openssl', version: '99' }), true],
  ];
  const packages = debian.map(([found]) => found);
  const marked = foreignPackages({ distro, packages });
  assert.deepEqual(
    marked.map(isMarked),
    debian.map(([, wanted]) => wanted),
  );
  assert.deepEqual(
    marked.filter((found) => !isMarked(found)),
    packages.filter((_, i) => !debian[i]![1]),
  );
});

test('an rpm is told by its epoch and by the file of its source', () => {
  const fedora = { ...distro, id: 'rhel', versionId: '9.4' };
  const source = 'upstream=openssl-3.0-1.src.rpm';
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    [`pkg:rpm/rhel/libssl3@3.0-1?epoch=1&${source}`, '1:3.0-1', '3.0-1', false],
    [`pkg:rpm/rhel/libssl3@3.0-1?${source}`, '3.0-1', '3.0-1', false],
    [`pkg:rpm/rhel/libssl3@3.0-1?${source}`, '7:3.0-1', '3.0-1', true],
    [`pkg:rpm/rhel/libssl3@3.0-1?${source}`, '3.0-1', '9.9-1', true],
  ];
  for (const [purl, version, sourceVersion, wanted] of cases) {
    const found = os('rpm', purl, version, { name: 'openssl', version: sourceVersion });
    assert.deepEqual(
      foreignPackages({ distro: fedora, packages: [found] }).map(isMarked),
      [wanted],
      `${purl} ${version}`,
    );
  }
});

test('what an imported image says of a package is not taken for the same package of others', () =>
  inRollback(async (sql) => {
    const world = { sql, clock: testClock() };
    const forged = somePackage({ type: 'npm', name: 'mast', version: '99.0.0', purl: 'pkg:npm/mast@1.0.0' });
    await reportFindings(world, someReport([forged], { imported: true }));
    await reportFindings(world, someReport([{ ...forged, version: '1.0.0' }]));
    const rows = await sql.query("select version from package where purl = 'pkg:npm/mast@1.0.0'");
    assert.deepEqual(rows, [{ version: '1.0.0' }]);
  }));
