import type { Advisory, Enrichment, FeedRecord } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';
import type { Sql } from '#platform/sql.ts';
import { comparators } from '#versions/comparators.ts';

const group = 'alpine:3.99';
const records = 3000;

/**
 * A feed of a few thousand records as it was first (`A`), and as it was after a tenth changed, some vanished, came or cannot be read (`B`).
 * Only changes of `B` are given to whoever has `A`, as an upstream with deltas of its own would.
 */
export function changingFeed(
  version: 'A' | 'B',
  answers: 'whole' | 'changes',
): { readonly feed: Feed; readonly group: string } {
  const feed: Feed = {
    name: 'alpine',
    version: 1,
    knownGroups: [],
    groupsFor: () => [],
    async fetch(_world, _group, mark) {
      if (mark?.['version'] === version) return { kind: 'unchanged' };
      const changesOnly = answers === 'changes' && mark?.['version'] === 'A';
      return {
        kind: 'changed',
        mark: { version },
        missing: [],
        complete: !changesOnly,
        async *records() {
          for (let at = 0; at < records; at++) yield* recordsAt(at, version, changesOnly);
        },
      };
    },
  };
  return { feed, group };
}

function* recordsAt(at: number, version: 'A' | 'B', changesOnly: boolean): Generator<FeedRecord> {
  const later = version === 'B';
  const changed = later && at % 10 === 0;
  if (later && at % 17 === 0) {
    if (changesOnly) yield { record: nameOf(at), removed: true };
    return;
  }
  if (later && at % 101 === 0) yield { record: nameOf(at), reason: 'cannot be read' };
  else if (changed || !changesOnly) {
    yield advisoryAt(at, changed);
    if (at % 3 === 0) yield scoreAt(at, changed);
  }
}

function nameOf(at: number): string {
  return `package-${at % 97} CVE-2031-${10_000 + at}`;
}

function advisoryAt(at: number, changed: boolean): Advisory {
  const name = `package-${at % 97}`;
  const range = { namespace: group, name, introduced: null, lastAffected: null, state: 'fixed' } as const;
  return {
    record: nameOf(at),
    id: `CVE-2031-${10_000 + at}`,
    aliases: [],
    related: [],
    severity: 'High',
    severitySource: 'test',
    title: null,
    urls: [],
    published: null,
    affected: [
      { ...range, fixed: `${at % 9}.${changed ? 5 : 1}-r0` },
      { ...range, introduced: '20-r0', fixed: '21-r0' },
    ],
  };
}

function scoreAt(at: number, changed: boolean): Enrichment {
  const facts = { kind: 'epss', score: changed ? 0.9 : 0.1, percentile: 0.5, date: '2031-01-01' } as const;
  return { record: nameOf(at), about: `CVE-2031-${10_000 + at}`, facts };
}

/** A package of each second name, so that there is something to say of packages. */
export async function storePackages(sql: Sql): Promise<void> {
  const packages = Array.from({ length: 48 }, (_, at) => {
    const key = comparators.apk.key(`${at % 9}.3-r0`);
    return { name: `package-${at * 2}`, key: key instanceof Uint8Array ? Buffer.from(key).toString('hex') : null };
  });
  await sql.query(
    `with j as materialized (select * from jsonb_to_recordset(:packages::jsonb) as x(name text, key text)), n as (
       insert into name (namespace, name) select :group::text, name from j order by name
       on conflict (namespace, name) do update set name = excluded.name returning name_id, name)
     insert into package (name_id, purl, version, version_key, rules)
     select n.name_id, 'pkg:apk/' || j.name, 'x', decode(j.key, 'hex'), 1 from j join n on n.name = j.name
     on conflict do nothing`,
    { packages: JSON.stringify(packages), group },
  );
}

/** Everything that the database knows of the group, in its order, without ids and revisions. */
export async function knownOf(sql: Sql): Promise<readonly string[]> {
  const rows = [
    ...(await lines(
      sql,
      `select a.record || ' ' || encode(a.hash, 'hex') || ' ' || n.name || ' ' || f.status || ' ' || encode(f.lo_key, 'hex') || ' '
         || encode(f.hi_key, 'hex') || ' ' || f.fixed || ' from ' || dense_rank() over (partition by a.record order by f.valid_from)
         || (case when f.valid_to = 9223372036854775807 then ' on' else ' closed' end) as line
       from affected f join advisory a using (advisory_id) join name n on n.name_id = f.name_id where a.feed_group = :group::text`,
    )),
    ...(await lines(
      sql,
      `select 'enrichment ' || record || ' ' || about || ' ' || encode(hash, 'hex') || ' ' || body as line
       from enrichment where feed_group = :group::text`,
    )),
    ...(await lines(
      sql,
      `select 'change ' || p.purl || ' ' || a.record || ' ' || c.op || ' '
         || row_number() over (partition by c.package_id, c.advisory_id order by c.revision) as line
       from package_change c join advisory a using (advisory_id) join package p using (package_id) where a.feed_group = :group::text`,
    )),
    ...(await lines(
      sql,
      `select 'aside ' || record || ' ' || reason as line from feed_set_aside where feed_group = :group::text`,
    )),
    ...(await lines(
      sql,
      `select 'group ' || state || ' ' || mark || ' ' || records || ' ' || set_aside as line from feed_group
       where feed_group = :group::text`,
    )),
  ];
  return rows;
}

async function lines(sql: Sql, select: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const page = await sql.query<{ line: string }>(
      `select line from (${select}) l order by line limit 4000 offset :offset::bigint`,
      { group, offset: found.length },
    );
    for (const { line } of page) found.push(line);
    if (page.length < 4000) return found;
  }
}
