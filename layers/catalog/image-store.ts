import { type Digest, digestHex } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import type { Image, ImageContent } from './image.ts';
import { type ImageEvent, type ImageState, parseState, transitions } from './lifecycle.ts';

type World = { readonly sql: Sql };

/** What is known of an image when it is admitted. */
export interface NewImage {
  readonly account: string;
  readonly digest: Digest;
  readonly parentDigest: Digest;
  readonly imageId: string;
  readonly platform: string;
  readonly pullReference: string;
  readonly dockerfile: string | null;
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly createdAt: number;
}

/** Characters of an image's annotations as JSON: they stand in its row, which is read with many others. */
const maxAnnotations = 16_384;

/**
 * Puts an image in the catalog, or finds it there: annotations are merged (null removes one), a Dockerfile that came with
 * the request replaces the stored one, an image that was being deleted is active again, one that was removed from its registry
 * is pulled from where it is now. `added` says which it was.
 * Throws `input/too-large` when the merged annotations would be, and changes nothing then.
 */
export async function admitToCatalog(
  { sql }: World,
  image: NewImage,
  now: number,
): Promise<{ readonly image: Image; readonly added: boolean }> {
  const rows = await sql.query<ImageRow & { added: boolean }>(
    `insert into image as i (account, digest, parent_digest, image_id, platform, pull_reference, state, status,
       annotations, dockerfile, created_at, updated_at, present_at)
     values (:account::text, :digest::text, :parent::text, :image_id::text, :platform::text, :pull::text, 'not_analyzed',
       'active', jsonb_strip_nulls(:annotations::jsonb), :dockerfile::text, :created::bigint, :now::bigint, :now::bigint)
     on conflict (account, digest) do update set
       status = 'active',
       present_at = greatest(i.present_at, excluded.present_at),
       removed_at = null,
       pull_reference = case when i.removed_at is null then i.pull_reference else excluded.pull_reference end,
       state = case when i.status = 'deleting' then 'not_analyzed' else i.state end,
       annotations = jsonb_strip_nulls(i.annotations || :annotations::jsonb),
       dockerfile = coalesce(excluded.dockerfile, i.dockerfile),
       updated_at = case when i.status = 'deleting' or i.annotations is distinct from
         jsonb_strip_nulls(i.annotations || :annotations::jsonb) then excluded.updated_at else i.updated_at end
       where length((i.annotations || :annotations::jsonb)::text) <= :longest::int
     returning ${imageColumns}, xmax = 0 as added`,
    {
      account: image.account,
      digest: image.digest,
      parent: image.parentDigest,
      image_id: image.imageId,
      platform: image.platform,
      pull: image.pullReference,
      annotations: JSON.stringify(image.annotations),
      dockerfile: image.dockerfile,
      created: image.createdAt,
      longest: maxAnnotations,
      now,
    },
  );
  const row = rows[0];
  if (row === undefined)
    throw new Fault(
      'input/too-large',
      `the annotations of ${image.digest} would pass ${maxAnnotations} characters; remove some by giving them the value null`,
    );
  return { image: imageOf(row), added: row.added };
}

/** An image by its digest or, where none has it, the newest one of an index with that digest; null when there is none. */
export async function findImage({ sql }: World, account: string, digest: string): Promise<Image | null> {
  const rows = await sql.query<ImageRow>(
    `select ${imageColumns} from image where account = :account::text and (digest = :digest::text or parent_digest = :digest::text and parent_digest <> digest)
     order by digest = :digest::text desc, created_at desc limit 1`,
    { account, digest },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** The images of an account that have these digests, in no order. */
export async function findImages(
  { sql }: World,
  account: string,
  digests: readonly string[],
): Promise<readonly Image[]> {
  const found: Image[] = [];
  for (let at = 0; at < digests.length; at += 40) {
    const rows = await sql.query<ImageRow>(
      `select ${imageColumns} from image where account = :account::text
         and digest in (select jsonb_array_elements_text(:digests::jsonb))`,
      { account, digests: JSON.stringify(digests.slice(at, at + 40)) },
    );
    found.push(...rows.map(imageOf));
  }
  return found;
}

/** The newest image with this config id (64 hex digits); null when there is none. */
export async function findImageById({ sql }: World, account: string, imageId: string): Promise<Image | null> {
  const rows = await sql.query<ImageRow>(
    `select ${imageColumns} from image where account = :account::text and image_id = :id::text order by created_at desc limit 1`,
    { account, id: imageId },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** A page of an account's images, newest first, at most 40 a page; continue after the last one of the page before. */
export async function listImages(
  { sql }: World,
  account: string,
  after: { readonly createdAt: number; readonly imageNo: number } | null,
  limit: number,
): Promise<readonly Image[]> {
  const rows = await sql.query<ImageRow>(
    `select ${imageColumns} from image where account = :account::text
       and (created_at, image_no) < (:created::bigint, :no::bigint) order by created_at desc, image_no desc limit :limit::bigint`,
    { account, created: after?.createdAt ?? Number.MAX_SAFE_INTEGER, no: after?.imageNo ?? 0, limit },
  );
  return rows.map(imageOf);
}

/**
 * Moves an image by an event of its life (lifecycle.ts), compare-and-set: null when its state does not allow the event,
 * which is what a second delivery sees. `chain` is the ChainID of the layers that were analyzed, by which other images find it.
 */
export async function moveImage(
  { sql }: World,
  image: { readonly account: string; readonly digest: string },
  event: ImageEvent,
  now: number,
  change: { readonly content?: ImageContent; readonly chain?: Digest | null; readonly failure?: string } = {},
): Promise<Image | null> {
  const { from, to } = transitions[event];
  const rows = await sql.query<ImageRow>(
    `update image set state = :to::text, updated_at = :now::bigint,
       attempts = case :event::text when 'claimed' then attempts + 1 when 'requeued' then 0 else attempts end,
       failure = case :event::text when 'failed' then :failure::text when 'claimed' then failure else null end,
       analyzed_at = case :event::text when 'judged' then :now::bigint else analyzed_at end,
       report = coalesce(:report::text, report), size = coalesce(:size::bigint, size),
       layer_count = coalesce(:layers::int, layer_count), arch = coalesce(:arch::text, arch),
       distro = case when :report::text is null then distro else :distro::text end,
       distro_version = case when :report::text is null then distro_version else :version::text end,
       namespace = case when :report::text is null then namespace else :namespace::text end,
       base = case when :report::text is null then base else :base::jsonb end,
       chain_id = coalesce(decode(:chain::text, 'hex'), chain_id)
     where account = :account::text and digest = :digest::text
       and state in (select jsonb_array_elements_text(:from::jsonb))
     returning ${imageColumns}`,
    {
      account: image.account,
      digest: image.digest,
      event,
      to,
      from: JSON.stringify(from),
      now,
      failure: change.failure?.slice(0, 2000) ?? null,
      report: change.content?.report ?? null,
      size: change.content?.size ?? null,
      layers: change.content?.layerCount ?? null,
      arch: change.content?.arch ?? null,
      distro: change.content?.distro ?? null,
      version: change.content?.distroVersion ?? null,
      namespace: change.content?.namespace ?? null,
      base: change.content?.base == null ? null : JSON.stringify(change.content.base),
      chain: change.chain == null ? null : digestHex(change.chain),
    },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** Every column of an image, for {@link imageOf}. */
export const imageColumns = `image_no, account, digest, parent_digest, image_id, platform, pull_reference, state, status, failure,
  attempts, annotations, dockerfile, size, layer_count, arch, distro, distro_version, namespace, base, report, created_at,
  updated_at, analyzed_at, removed_at`;

export type ImageRow = SqlRow & {
  image_no: number;
  account: string;
  digest: string;
  parent_digest: string;
  image_id: string;
  platform: string;
  pull_reference: string;
  state: string;
  status: 'active' | 'deleting';
  failure: string | null;
  attempts: number;
  annotations: string;
  dockerfile: string | null;
  size: number | null;
  layer_count: number | null;
  arch: string | null;
  distro: string | null;
  distro_version: string | null;
  namespace: string | null;
  base: string | null;
  report: string | null;
  created_at: number;
  updated_at: number;
  analyzed_at: number | null;
  removed_at: number | null;
};

/** An image from its row. */
export function imageOf(row: ImageRow): Image {
  return {
    imageNo: row.image_no,
    account: row.account,
    digest: row.digest as Digest,
    parentDigest: row.parent_digest as Digest,
    imageId: row.image_id,
    platform: row.platform,
    pullReference: row.pull_reference,
    state: parseState(row.state) satisfies ImageState,
    status: row.status,
    failure: row.failure,
    attempts: row.attempts,
    annotations: JSON.parse(row.annotations),
    dockerfile: row.dockerfile,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    analyzedAt: row.analyzed_at,
    removedAt: row.removed_at,
    content:
      row.report === null
        ? null
        : {
            report: row.report,
            size: row.size ?? 0,
            layerCount: row.layer_count ?? 0,
            arch: row.arch ?? '',
            distro: row.distro,
            distroVersion: row.distro_version,
            namespace: row.namespace,
            base: row.base === null ? null : JSON.parse(row.base),
          },
  };
}
