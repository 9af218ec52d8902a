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
 * Puts an image in the catalog that needs no analysis and is to be judged next; one that was being deleted becomes it. False, and nothing is
 * changed, when the account has it.
 */
export async function insertKnownImage(tx: Sql, image: KnownImage, now: number): Promise<boolean> {
  const { account, digest, content } = image;
  const rows = await tx.query(
    `insert into image as i (account, digest, parent_digest, image_id, platform, pull_reference, state, status, annotations, dockerfile,
       size, layer_count, arch, distro, distro_version, namespace, base, report, chain_id, created_at, updated_at, analyzed_at, present_at)
     values (:account::text, :digest::text, :parent::text, :image_id::text, :platform::text, :pull::text, 'matching', 'active',
       jsonb_strip_nulls(:annotations::jsonb), :dockerfile::text, :size::bigint, :layers::int, :arch::text, :distro::text, :version::text,
       :namespace::text, :base::jsonb, :report::text, decode(:chain::text, 'hex'), :created::bigint, :now::bigint, :analyzed::bigint,
       :now::bigint)
     on conflict (account, digest) do update set parent_digest = excluded.parent_digest, image_id = excluded.image_id,
       platform = excluded.platform, pull_reference = excluded.pull_reference, state = excluded.state, status = excluded.status,
       failure = null, attempts = 0, annotations = excluded.annotations, dockerfile = excluded.dockerfile, size = excluded.size,
       layer_count = excluded.layer_count, arch = excluded.arch, distro = excluded.distro, distro_version = excluded.distro_version,
       namespace = excluded.namespace, base = excluded.base, report = excluded.report, chain_id = excluded.chain_id,
       created_at = excluded.created_at, updated_at = excluded.updated_at, analyzed_at = excluded.analyzed_at,
       present_at = excluded.present_at, removed_at = null
       where i.status = 'deleting'
     returning image_no`,
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
