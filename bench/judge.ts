import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { Sql } from '#platform/sql.ts';
import { judge } from '#matching/judge.ts';
import type { PackageSet, SetMember } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import { comparators } from '#versions/comparators.ts';

/**
 * Times the judgement of one image in the embedded PostgreSQL: 20,000 names with 10 advisories each, most of them
 * "everything below the fix", and images of 400 and 4,000 packages at versions of which about one in eight is affected.
 */
const names = 20_000;
const perName = 10;
const rounds = 60;

await using sql = await openPgliteSql(null);
await migrate(sql, await readMigrations(), systemClock);
await loadAdvisories(sql);
console.log(`${names * perName} affected rows`);
for (const size of [400, 4000]) {
  const set = packageSet(size);
  await storePackageSets(sql, [set]);
  await sql.query('analyze');
  const times: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    found = (await judge(sql, [set.digest])).judgements.length;
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  const [p50, p99] = [times[rounds >> 1]!, times[Math.floor(rounds * 0.99)]!];
  console.log(`${size} packages, ${found} records: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
}

async function loadAdvisories(db: Sql): Promise<void> {
  const key = (version: string) => {
    const parsed = comparators.semver.parse(version);
    if (parsed.kind !== 'version') throw new Error(version);
    return Buffer.from(parsed.key).toString('hex');
  };
  const fixes = JSON.stringify(Array.from({ length: perName }, (_, at) => ({ at, hi: key(`${at}.5.0`) })));
  await db.query(
    `insert into name (namespace, name) select 'npm', 'name-' || n from generate_series(0, :last::int) n`,
    {
      last: names - 1,
    },
  );
  await db.query(
    `insert into advisory (feed, feed_group, record, hash, id)
    select 'bench', 'bench', n || '-' || a, '', 'CVE-' || n || '-' || a
    from generate_series(0, :names::int) n, generate_series(0, :each::int) a`,
    { names: names - 1, each: perName - 1 },
  );
  await db.query(
    `insert into affected (name_id, advisory_id, status, severity, fix_state, lo_key, hi_key, fixed, valid_from)
     select n.name_id, v.advisory_id, 0, 3, 'fixed', '', decode(f.hi, 'hex'), f.at || '.5.0', 1
     from jsonb_to_recordset(:fixes::jsonb) as f(at int, hi text)
     join advisory v on v.record like '%-' || f.at
     join name n on n.namespace = 'npm' and n.name = 'name-' || split_part(v.record, '-', 1)`,
    { fixes },
  );
  await db.query('vacuum analyze affected');
}

function packageSet(size: number): PackageSet {
  const members = Array.from({ length: size }, (_, at): SetMember => {
    const version = at % 8 === 0 ? '8.0.0' : '9.9.0';
    const name = `name-${(at * 7919) % names}`;
    const parsed = comparators.semver.parse(version);
    const key = parsed.kind === 'version' ? Buffer.from(parsed.key).toString('hex') : null;
    return {
      namespace: 'npm',
      name,
      purl: `pkg:npm/${name}@${version}`,
      version,
      key,
      rules: comparators.semver.rules,
    };
  });
  return { digest: String(size).padStart(64, '0'), members };
}
