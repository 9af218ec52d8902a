import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storePackageSets } from '#matching/package-store.ts';
import { inRollback } from '#test/support/database.ts';

test('packages of a new name share it, whether one or thousands are new, and a known package keeps its number', () =>
  inRollback(async (sql) => {
    const member = (name: string, purl: string, rules = 1) => ({
      ...{ namespace: 'store', name, purl, version: '1', key: '01', rules },
    });
    const known = member('hull', 'pkg:a/hull@1');
    await storePackageSets(sql, [{ digest: 'aa', members: [known] }]);
    const fresh = Array.from({ length: 3000 }, (_, at) => member(`part ${at >> 1}`, `pkg:a/part@${at}`));
    await storePackageSets(sql, [
      { digest: 'bb', members: [member('hull', 'pkg:a/hull@1', 2), member('hull', 'pkg:a/hull@2'), ...fresh] },
    ]);
    const rows = await sql.query(
      `select encode(s.digest, 'hex') as digest, count(*) as packages, count(distinct p.name_id) as names, min(p.package_id) as first,
         max(p.rules) as rules
       from package_set s join package p on p.package_id = any (s.packages)
       where s.digest in ('\\xaa', '\\xbb') group by 1 order by 1`,
    );
    const first = rows[0]!['first'];
    assert.deepEqual(rows, [
      { digest: 'aa', packages: 1, names: 1, first, rules: 2 },
      { digest: 'bb', packages: 3002, names: 1501, first, rules: 2 },
    ]);
  }));
