import { packageSets } from '#matching/package-set.ts';
import { linkImageSets, storePackageSets } from '#matching/package-store.ts';
import type { Sql } from '#platform/sql.ts';
import type { BenchDatabase } from './database.ts';
import type { Fleet } from './fleet.ts';
import { startCpu, timed } from './measured.ts';

export const account = 'fleet';

export interface Ingested {
  readonly seconds: number;
  readonly packages: number;
  /** Of both sides together; null where the server's cannot be seen. */
  readonly cpu: number | null;
}

/**
 * Brings in the images from number `from` to before `to`: their rows of the catalog beforehand and together, then, timed, what the step from
 * analysed to judged writes of each: package sets and their links, through the functions of that step, as many at once as there
 * are connections.
 */
export async function ingest(
  { sql, connections, cpu }: BenchDatabase,
  fleet: Fleet,
  from: number,
  to: number,
): Promise<Ingested> {
  const numbers = await admit(sql, from, to);
  let packages = 0;
  let next = from;
  const one = async () => {
    for (let at = next++; at < to; at = next++) {
      const image = fleet.image(at);
      const { sets } = packageSets(image);
      await storePackageSets(sql, sets);
      await linkImageSets(
        sql,
        numbers + at - from,
        sets.map(({ digest }) => digest),
      );
      packages += image.packages.length;
    }
  };
  const used = await startCpu(cpu);
  const { seconds } = await timed(() => Promise.all(Array.from({ length: connections }, one)));
  return { seconds, packages, cpu: (await used()).both };
}

const atOnce = 2000;

/** Rows of images and their tags as long as real ones; gives the number of the first, from which the others count. */
async function admit(sql: Sql, from: number, to: number): Promise<number> {
  await sql.query(
    `insert into account (account, type, state, created_at, updated_at) values (:account::text, 'user', 'enabled', 0, 0)
     on conflict do nothing`,
    { account },
  );
  let first: number | null = null;
  for (let at = from; at < to; at += atOnce) {
    const [row] = await sql.query<{ first: number }>(
      `with added as (
         insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, size, layer_count, arch,
           distro, distro_version, namespace, report, created_at, updated_at, analyzed_at)
         select :account::text, d.digest, d.digest, d.hex, 'linux/amd64',
           '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app-' || (n % 900) || '@' || d.digest, 'analyzed', 'active', 250000000, 9,
           'amd64', 'debian', '12', 'debian:12', 'reports/' || d.hex, :now::bigint, :now::bigint, :now::bigint
         from generate_series(:at::int, :last::int) n
         cross join lateral (select encode(sha256(n::text::bytea), 'hex') as hex) h
         cross join lateral (select h.hex, 'sha256:' || h.hex as digest) d order by n
         returning image_no, account, digest, pull_reference
       ), tagged as (
         insert into image_tag (account, registry, repository, tag, detected_at, digest)
         select account, split_part(pull_reference, '/', 1), split_part(substring(pull_reference from '/(.*)'), '@', 1), 'v' || image_no,
           :now::bigint, digest from added
       )
       select min(image_no) as first from added`,
      { account, at, last: Math.min(at + atOnce, to) - 1, now: Date.now() },
    );
    first ??= row!.first;
  }
  return first ?? 0;
}

/** Bytes with indexes: what an image is in the catalog, which sets it has, the distinct packages with their names. */
export async function fleetSize(sql: Sql): Promise<{ catalog: number; sets: number; packages: number }> {
  for (const table of ['image', 'image_tag', 'image_set', 'package_set', 'package', 'name'])
    await sql.query(`vacuum analyze ${table}`);
  const [row] = await sql.query<{ catalog: number; sets: number; packages: number }>(
    `select pg_total_relation_size('image') + pg_total_relation_size('image_tag') as catalog,
       pg_total_relation_size('image_set') + pg_total_relation_size('package_set') as sets,
       pg_total_relation_size('package') + pg_total_relation_size('name') as packages`,
  );
  return row!;
}
