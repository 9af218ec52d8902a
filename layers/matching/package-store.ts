import { Fault } from '#core/fault.ts';
import type { Sql } from '#platform/sql.ts';
import type { PackageSet } from './package-set.ts';

/**
 * Stores the sets that are not known yet, each in one statement; a set that is known costs nothing but the look. One that no image had any
 * more is kept from now on as others are.
 */
export async function storePackageSets(sql: Sql, sets: readonly PackageSet[]): Promise<void> {
  const known = await sql.query<{ digest: string; unlinked: boolean }>(
    `select encode(digest, 'hex') as digest, unlinked_at is not null as unlinked from package_set
     where digest in (select decode(d, 'hex') from jsonb_array_elements_text(:digests::jsonb) d)`,
    { digests: JSON.stringify(sets.map((set) => set.digest)) },
  );
  const unlinked = known.filter((row) => row.unlinked).map((row) => row.digest);
  const kept = unlinked.length === 0 ? [] : await keepPackageSets(sql, unlinked);
  const have = new Set([...known.filter((row) => !row.unlinked).map((row) => row.digest), ...kept]);
  for (const set of sets) if (!have.has(set.digest)) await storePackageSet(sql, set);
}

/** Those of the sets that were still there. */
async function keepPackageSets(sql: Sql, digests: readonly string[]): Promise<readonly string[]> {
  const rows = await sql.query<{ digest: string }>(
    `update package_set set unlinked_at = null
     where digest in (select decode(d, 'hex') from jsonb_array_elements_text(:digests::jsonb) d)
     returning encode(digest, 'hex') as digest`,
    { digests: JSON.stringify(digests) },
  );
  return rows.map(({ digest }) => digest);
}

/**
 * New names and packages are found by left join and only the missing are inserted (a conflict would burn an identity
 * value a row), in order, so that two writers cannot deadlock. New names and their packages meet by sorting, not by a join, which is
 * planned for a few of them and compares each with each when thousands are new. A package stored under older key rules gets its new key.
 */
async function storePackageSet(sql: Sql, set: PackageSet): Promise<void> {
  await sql.query(
    `with j as materialized (
       select x.namespace, x.name, x.purl, x.version, decode(x.key, 'hex') as version_key, x.rules
       from jsonb_to_recordset(:members::jsonb)
         as x(namespace text, name text, purl text, version text, key text, rules smallint)
     ), new_name as (
       insert into name (namespace, name)
       select distinct j.namespace, j.name from j left join name n on n.namespace = j.namespace and n.name = j.name
       where n.name_id is null order by 1, 2
       on conflict (namespace, name) do update set namespace = excluded.namespace
       returning name_id, namespace, name
     ), named as materialized (
       select * from (
         select max(m.name_id) over (partition by m.namespace, m.name) as name_id, m.purl, m.version, m.version_key, m.rules from (
           select n.name_id, j.* from j left join name n on n.namespace = j.namespace and n.name = j.name
           union all select w.name_id, w.namespace, w.name, null, null, null, null from new_name w
         ) m
       ) m where m.purl is not null
     ), added as (
       insert into package (name_id, purl, version, version_key, rules)
       select j.name_id, j.purl, j.version, j.version_key, j.rules from named j
       left join package p on p.name_id = j.name_id and p.purl = j.purl
       where p.package_id is null or p.rules <> j.rules order by 1, 2
       on conflict (name_id, purl) do update
         set version = excluded.version, version_key = excluded.version_key, rules = excluded.rules
       returning package_id
     ), known as (
       select p.package_id from named j join package p on p.name_id = j.name_id and p.purl = j.purl
     )
     insert into package_set (digest, packages)
     select decode(:digest::text, 'hex'), coalesce(array_agg(u.package_id order by u.package_id), '{}')
     from (select package_id from known union select package_id from added) u
     on conflict (digest) do nothing`,
    { members: JSON.stringify(set.members), digest: set.digest },
  );
}

/**
 * Makes the sets those of a stored image, in place of what it had: so images are found from packages. Throws `internal/failed` when one of
 * them is not stored (any more); store them again.
 */
export async function linkImageSets(sql: Sql, imageNo: number, digests: readonly string[]): Promise<void> {
  const [row] = await sql.query<{ linked: number }>(
    `with wanted as materialized (
       select s.set_id from package_set s
       join (select distinct decode(d, 'hex') as digest from jsonb_array_elements_text(:digests::jsonb) d) j on j.digest = s.digest
     ), gone as (
       delete from image_set where image_no = :image::bigint and set_id not in (select set_id from wanted)
     ), added as (
       insert into image_set (image_no, set_id) select :image::bigint, set_id from wanted on conflict do nothing
     )
     select count(*)::int as linked from wanted`,
    { image: imageNo, digests: JSON.stringify(digests) },
  );
  if (row?.linked !== new Set(digests).size)
    throw new Fault(
      'internal/failed',
      `a package set of image ${imageNo} was removed while the image was linked to it`,
    );
}
