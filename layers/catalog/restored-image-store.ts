import type { Sql } from '#platform/sql.ts';
import type { ImageContent } from './image.ts';
import type { NewImage } from './admit-store.ts';

/** The place of an image among those of an index; 0 stands for the index. */
export interface IndexPlace {
  readonly digest: string;
  readonly place: number;
}

/** The indexes that an image is in, the first 1,000 of them. */
export async function indexesOf(
  { sql }: { readonly sql: Sql },
  account: string,
  digest: string,
): Promise<readonly IndexPlace[]> {
  const rows = await sql.query<{ index_digest: string; place: number }>(
    `select index_digest, place::int as place from index_image where account = :account::text and digest = :digest::text
     order by index_digest limit 1000`,
    { account, digest },
  );
  return rows.map(({ index_digest: index, place }) => ({ digest: index, place }));
}

/** An image whose analysis was not made here: what was found in it and when. */
export interface KnownImage extends NewImage {
  readonly content: ImageContent;
  /** Every index that it is in. */
  readonly indexes: readonly IndexPlace[];
  /** ChainID of its layers, 64 hex digits. */
  readonly chain: string | null;
  /** Milliseconds since the epoch; null: when it is judged. */
  readonly analyzedAt: number | null;
}

/**
 * Puts an image in the catalog that needs no analysis and is to be judged next. False, and nothing is changed, when the account has it
 * already; one that was being deleted goes first, with everything that belonged to it.
 */
export async function insertKnownImage(tx: Sql, image: KnownImage, now: number): Promise<boolean> {
  const { account, digest, content } = image;
  await tx.query(
    `delete from image where account = :account::text and digest = :digest::text and status = 'deleting'`,
    { account, digest },
  );
  const rows = await tx.query(
    `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, annotations, dockerfile,
       size, layer_count, arch, distro, distro_version, namespace, base, report, chain_id, created_at, updated_at, analyzed_at, present_at)
     values (:account::text, :digest::text, :parent::text, :image_id::text, :platform::text, :pull::text, 'matching', 'active',
       jsonb_strip_nulls(:annotations::jsonb), :dockerfile::text, :size::bigint, :layers::int, :arch::text, :distro::text, :version::text,
       :namespace::text, :base::jsonb, :report::text, decode(:chain::text, 'hex'), :created::bigint, :now::bigint, :analyzed::bigint,
       :now::bigint)
     on conflict (account, digest) do nothing returning image_no`,
    {
      ...{ account, digest, parent: image.parentDigest, image_id: image.imageId, platform: image.platform },
      ...{ pull: image.pullReference, annotations: JSON.stringify(image.annotations), dockerfile: image.dockerfile },
      ...{ size: content.size, layers: content.layerCount, arch: content.arch, distro: content.distro },
      ...{ version: content.distroVersion, namespace: content.namespace, report: content.report },
      base: content.base === null ? null : JSON.stringify(content.base),
      ...{ chain: image.chain, created: image.createdAt, now, analyzed: image.analyzedAt },
    },
  );
  if (rows.length === 0) return false;
  await tx.query(
    `insert into index_image (account, index_digest, digest, place)
     select :account::text, x.digest, :digest::text, x.place from jsonb_to_recordset(:indexes::jsonb) as x (digest text, place smallint)
     where x.digest <> :digest::text order by x.digest on conflict do nothing`,
    { account, digest, indexes: JSON.stringify(image.indexes) },
  );
  return true;
}

/**
 * Marks an image of which everything lies elsewhere as being deleted, if no more tags lead to it than those that were counted; what is left
 * of it goes as with every deletion.
 */
export async function deleteArchivedSource(
  tx: Sql,
  account: string,
  digest: string,
  tags: number,
  now: number,
): Promise<boolean> {
  const rows = await tx.query(
    `update image i set status = 'deleting', updated_at = :now::bigint
     where account = :account::text and digest = :digest::text and status = 'active' and (
       select count(distinct (t.registry, t.repository, t.tag)) from tagged_image t
       where t.account = :account::text and t.digest = :digest::text) <= :tags::int
     returning image_no`,
    { account, digest, tags, now },
  );
  return rows.length > 0;
}
