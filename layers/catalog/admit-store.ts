import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Sql } from '#platform/sql.ts';
import type { Image } from './image.ts';
import { imageColumns, imageOf, type ImageRow } from './image-store.ts';

type World = { readonly sql: Sql };

/** What is known of an image when it is admitted. */
export interface NewImage {
  readonly account: string;
  readonly digest: Digest;
  /** Digest of the index that it came from, or its own. */
  readonly parentDigest: Digest;
  /** Its place among the images of that index; 0, which is meant when it is left out, stands for the index. */
  readonly place?: number;
  readonly imageId: string;
  readonly platform: string;
  readonly pullReference: string;
  readonly dockerfile: string | null;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly createdAt: number;
}

export interface AdmittedImage {
  readonly image: Image;
  /** False: it was there. */
  readonly added: boolean;
}

/** Characters of an image's annotations as JSON: they stand in its row, which is read with many others. */
const maxAnnotations = 16_384;

/** Images of one statement: each may come back with as many annotations. */
const pageSize = 20;

/** Puts an image in the catalog, as {@link admitAllToCatalog}. */
export async function admitToCatalog(world: World, image: NewImage, now: number): Promise<AdmittedImage> {
  return (await admitAllToCatalog(world, [image], now))[0]!;
}

/**
 * Puts images of an account in the catalog, or finds them there, in their order: annotations are merged (null removes one), a Dockerfile
 * that came with the request replaces the stored one, an image that was being deleted is active again, one that was removed from its
 * registry is pulled from where it is now, and each belongs to the index that it came from. `added` says which it was.
 * Throws `input/too-large` when merged annotations would be.
 */
export async function admitAllToCatalog(
  { sql }: World,
  images: readonly NewImage[],
  now: number,
): Promise<readonly AdmittedImage[]> {
  const found = new Map<string, AdmittedImage>();
  for (let from = 0; from < images.length; from += pageSize) {
    const page = images.slice(from, from + pageSize);
    const rows = await sql.query<ImageRow & { added: boolean }>(statement, {
      images: JSON.stringify(page.map(rowOf)),
      longest: maxAnnotations,
      now,
    });
    for (const row of rows) found.set(row.digest, { image: imageOf(row), added: row.added });
    const refused = page.find(({ digest }) => !found.has(digest));
    if (refused !== undefined)
      throw new Fault(
        'input/too-large',
        `the annotations of ${refused.digest} would pass ${maxAnnotations} characters; remove some by giving them the value null`,
      );
  }
  return images.map(({ digest }) => found.get(digest)!);
}

// What is to be inserted has no nulls any more.
const merged = `jsonb_strip_nulls(i.annotations || (
        select w.annotations from wanted w where w.account = i.account and w.digest = i.digest))`;

// In the order of digests, so that two who admit the same images cannot wait for each other.
const statement = `with wanted as materialized (
    select * from jsonb_to_recordset(:images::jsonb) as w (account text, digest text, parent text, place smallint, image_id text,
      platform text, pull text, annotations jsonb, dockerfile text, created bigint)
  ), admitted as (
    insert into image as i (account, digest, parent_digest, image_id, platform, pull_reference, state, status, annotations,
      dockerfile, created_at, updated_at, present_at)
    select w.account, w.digest, w.parent, w.image_id, w.platform, w.pull, 'not_analyzed', 'active',
      jsonb_strip_nulls(w.annotations), w.dockerfile, w.created, :now::bigint, :now::bigint
    from wanted w
    where not exists (select from wanted o join image k on k.account = o.account and k.digest = o.digest
      where length((k.annotations || o.annotations)::text) > :longest::int)
    order by w.digest
    on conflict (account, digest) do update set
      status = 'active',
      parent_digest = case when excluded.parent_digest = excluded.digest then i.parent_digest else excluded.parent_digest end,
      present_at = greatest(i.present_at, excluded.present_at),
      removed_at = null,
      pull_reference = case when i.removed_at is null then i.pull_reference else excluded.pull_reference end,
      state = case when i.status = 'deleting' then 'not_analyzed' else i.state end,
      attempts = case when i.status = 'deleting' then 0 else i.attempts end,
      annotations = ${merged},
      dockerfile = coalesce(excluded.dockerfile, i.dockerfile),
      updated_at = case when i.status = 'deleting' or i.annotations is distinct from ${merged}
        then excluded.updated_at else i.updated_at end
    returning *, xmax = 0 as added
  ), members as (
    insert into index_image as x (account, index_digest, digest, place)
    select w.account, w.parent, w.digest, w.place from wanted w join admitted a on a.account = w.account and a.digest = w.digest
    where w.parent <> w.digest order by w.digest
    on conflict (account, index_digest, digest) do update set place = excluded.place where x.place <> excluded.place
  )
  select ${imageColumns}, added from admitted`;

function rowOf(image: NewImage) {
  return {
    account: image.account,
    digest: image.digest,
    parent: image.parentDigest,
    place: image.place ?? 0,
    image_id: image.imageId,
    platform: image.platform,
    pull: image.pullReference,
    annotations: image.annotations,
    dockerfile: image.dockerfile,
    created: image.createdAt,
  };
}
