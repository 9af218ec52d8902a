import type { Image } from '#catalog/image.ts';
import { imageColumns, imageOf, type ImageRow } from '#catalog/image-store.ts';
import type { Sql } from '#platform/sql.ts';
import { bundleOf, type BundleRecord } from './bundle-store.ts';
import { type StandingVerdict, standingOf } from './standing-verdict-store.ts';
import { type VerdictRecord, verdictOf } from './verdict-store.ts';

/** What the evaluation of an image under a tag starts from, as it stood at one moment. */
export interface Grounds {
  readonly image: Image;
  readonly tag: string;
  /** Digests of the package sets that are stored for the image. */
  readonly sets: readonly string[];
  /** The bundle that was named, or else the active one; null when there is none. */
  readonly bundle: BundleRecord | null;
  /** The latest verdict on the image under the tag by the bundle; null for none. */
  readonly latest: VerdictRecord | null;
  /** What was told last of the active policy's verdict on the image under the tag; null for nothing. */
  readonly standing: StandingVerdict | null;
}

/** What is to be evaluated: an image, the tag that it goes by, and a bundle other than the active one. */
export interface Question {
  /** The image's own digest or that of its index. */
  readonly digest: string;
  /** Its config digest without `sha256:`; goes before the digest where both find an image. */
  readonly imageId?: string | null;
  readonly tag: string;
  readonly policyId: string | null;
}

/**
 * Everything stored that an evaluation needs, in one statement: over the Data API every statement is a call. Null when the account
 * has no such image; which of several is chosen as by `findImage` and `findImageById`.
 */
export async function findGrounds(
  { sql }: { readonly sql: Sql },
  account: string,
  { digest, imageId, tag, policyId }: Question,
): Promise<Grounds | null> {
  const [row] = await sql.query<GroundsRow>(
    `with found as (
       select ${imageColumns} from image
       where account = :account::text
         and (digest = :digest::text or image_id = :id::text or digest in (select x.digest from index_image x
           where x.account = :account::text and x.index_digest = :digest::text))
       order by image_id = :id::text desc, digest = :digest::text desc, status, (select x.place from index_image x
         where x.account = :account::text and x.index_digest = :digest::text and x.digest = image.digest), created_at desc limit 1
     ), ruling as (
       select account, policy_id, active, bundle, created_at, updated_at from policy_bundle
       where account = :account::text and case when :policy::text is null then active else policy_id = :policy::text end
     )
     select found.*, (select to_jsonb(r) from ruling r) as ruling, (
         select jsonb_agg(encode(s.digest, 'hex')) from image_set i join package_set s on s.set_id = i.set_id
         where i.image_no = found.image_no
       ) as sets, (
         select to_jsonb(v) from ruling r join verdict v on v.policy_id = r.policy_id
         where v.account = :account::text and v.digest = found.digest and v.tag = :tag::text
         order by v.verdict_no desc limit 1
       ) as latest, (
         select to_jsonb(v) || jsonb_build_object('moves', s.moves) from standing_verdict s join verdict v on v.verdict_no = s.verdict_no
         where s.account = :account::text and s.digest = found.digest and s.tag = :tag::text
       ) as standing
     from found`,
    { account, digest, id: imageId ?? none, tag, policy: policyId },
  );
  if (row === undefined) return null;
  return {
    image: imageOf(row),
    tag,
    sets: row.sets === null ? [] : JSON.parse(row.sets),
    bundle: row.ruling === null ? null : bundleOf(JSON.parse(row.ruling)),
    latest: row.latest === null ? null : verdictOf(JSON.parse(row.latest)),
    standing: row.standing === null ? null : standingOf(row.standing),
  };
}

/** An id that no image has. A null would sort first. */
const none = '-';

type GroundsRow = ImageRow & {
  ruling: string | null;
  sets: string | null;
  latest: string | null;
  standing: string | null;
};
