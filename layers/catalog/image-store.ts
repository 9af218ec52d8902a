import { type Digest, digestHex } from '#core/digest.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import { attemptText } from './attempt-store.ts';
import type { Image, ImageContent } from './image.ts';
import { type ImageEvent, type ImageState, parseState, transitions } from './lifecycle.ts';

type World = { readonly sql: Sql };

/** An image by its digest or, where none has it, the one that stands for the index with that digest; null when there is none. */
export async function findImage({ sql }: World, account: string, digest: string): Promise<Image | null> {
  const rows = await sql.query<ImageRow>(
    `select ${imageColumns} from (
       select i.*, -1 as place from image i where i.account = :account::text and i.digest = :digest::text
       union all
       select i.*, x.place from index_image x join image i on i.account = x.account and i.digest = x.digest
       where x.account = :account::text and x.index_digest = :digest::text
     ) found order by place = -1 desc, status, place, created_at desc, image_no desc limit 1`,
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

/**
 * Moves an image by an event of its life (lifecycle.ts), compare-and-set: null when its state does not allow the event,
 * which is what a second delivery sees; what is being deleted is not claimed. `chain` is the ChainID of the layers that were analyzed, by
 * which other images find it. One that came analyzed, and was claimed by nobody here, keeps the time of that.
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
       failure = case :event::text when 'failed' then :failure::text when 'claimed' then ${claimedFailure} else null end,
       analyzed_at = case when :event::text = 'judged' and (attempts > 0 or analyzed_at is null) then :now::bigint else analyzed_at end,
       report = coalesce(:report::text, report), size = coalesce(:size::bigint, size),
       layer_count = coalesce(:layers::int, layer_count), arch = coalesce(:arch::text, arch),
       distro = case when :report::text is null then distro else :distro::text end,
       distro_version = case when :report::text is null then distro_version else :version::text end,
       namespace = case when :report::text is null then namespace else :namespace::text end,
       base = case when :report::text is null then base else :base::jsonb end,
       chain_id = coalesce(decode(:chain::text, 'hex'), chain_id)
     where account = :account::text and digest = :digest::text
       and state in (select jsonb_array_elements_text(:from::jsonb)) and (status = 'active' or :event::text <> 'claimed')
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

/** What died said nothing; what broke off said why. */
const claimedFailure = `case when state = 'analyzing' and coalesce(starts_with(failure, ${attemptText}), false) is false
         then ${attemptText} || 'ended without a word: the process that had it died' else failure end`;

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
