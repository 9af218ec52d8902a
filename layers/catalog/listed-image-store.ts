import type { Sql } from '#platform/sql.ts';
import type { Image } from './image.ts';
import { imageColumns, imageOf, type ImageRow } from './image-store.ts';
import { imageStates, publicState } from './lifecycle.ts';

type World = { readonly sql: Sql };

/** Which images of an account are listed; null: all. */
export interface ImageFilter {
  readonly status: Image['status'] | null;
  /** As the API says it. */
  readonly state: ReturnType<typeof publicState> | null;
  readonly platform: string | null;
}

/** A page of an account's images, newest first, at most `limit`; continue after the last one of the page before. */
export async function listImages(
  { sql }: World,
  account: string,
  { status, state, platform }: ImageFilter,
  after: { readonly createdAt: number; readonly imageNo: number } | null,
  limit: number,
): Promise<readonly Image[]> {
  const rows = await sql.query<ImageRow>(
    `select ${imageColumns} from image i where account = :account::text and ${filtered}
       and (created_at, image_no) < (:created::bigint, :no::bigint)
     order by created_at desc, image_no desc limit :limit::bigint`,
    {
      ...{ account, status, states: statesOf(state), platform, limit },
      created: after?.createdAt ?? Number.MAX_SAFE_INTEGER,
      no: after?.imageNo ?? 0,
    },
  );
  return rows.map(imageOf);
}

/** An image under a tag, and its place among all of that tag. */
export interface TaggedImage {
  readonly image: Image;
  readonly detectedAt: number;
  readonly place: number;
}

/** A tag in its parts. */
interface TagName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/**
 * A page of the images that a tag led to, the newest first and of an index the one that stands for it first; an image as often as the tag
 * came back to it. Continue after the last one of the page before.
 */
export async function imagesOfTag(
  { sql }: World,
  account: string,
  tag: TagName,
  { status, state, platform }: ImageFilter,
  after: (Omit<TaggedImage, 'image'> & { readonly image: Pick<Image, 'imageNo'> }) | null,
  limit: number,
): Promise<readonly TaggedImage[]> {
  const rows = await sql.query<ImageRow & { moved_at: number; place: number }>(
    `select ${imageColumns}, moved_at, place from (
       select i.*, t.detected_at as moved_at, m.place from image_tag t cross join lateral (
         select t.digest as led_to, 0::smallint as place
         union all
         select x.digest, x.place from index_image x where x.account = t.account and x.index_digest = t.digest
       ) m join image i on i.account = t.account and i.digest = m.led_to
       where t.account = :account::text and t.registry = :registry::text and t.repository = :repository::text
         and t.tag = :tag::text and t.detected_at <= :at::bigint
         and (t.detected_at < :at::bigint or (m.place, i.image_no) > (:place::int, :no::bigint)) and ${filtered}
       order by t.detected_at desc, m.place, i.image_no limit :limit::bigint
     ) found order by moved_at desc, place, image_no`,
    {
      ...{ account, registry: tag.registry, repository: tag.repository, tag: tag.tag },
      ...{ status, states: statesOf(state), platform, limit },
      ...{ at: after?.detectedAt ?? Number.MAX_SAFE_INTEGER, place: after?.place ?? -1, no: after?.image.imageNo ?? 0 },
    },
  );
  return rows.map((row) => ({ image: imageOf(row), detectedAt: row.moved_at, place: row.place }));
}

const filtered = `(:status::text is null or i.status = :status::text)
       and (:platform::text is null or i.platform = :platform::text or starts_with(i.platform, :platform::text || '/'))
       and (:states::jsonb is null or i.state in (select jsonb_array_elements_text(:states::jsonb)))`;

function statesOf(state: ImageFilter['state']): string | null {
  return state === null ? null : JSON.stringify(imageStates.filter((one) => publicState(one) === state));
}
