import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { parseReference, type Reference } from '#registry/reference.ts';
import type { ImageAnalysisRequest, ImageImport } from '#schema/api/images.ts';

/** What a request to add an image asks for, whichever form it has. */
export type ImageRequest =
  | { readonly kind: 'archive'; readonly digest: string }
  | { readonly kind: 'import'; readonly manifest: ImageImport; readonly annotations: Annotations }
  | {
      readonly kind: 'registry';
      /** A tag, or a tag with a digest. */
      readonly reference: string;
      readonly digest: Digest | null;
      /** Milliseconds since the epoch; null: now. Counts for a digest only. */
      readonly createdAt: number | null;
      /** base64 */
      readonly dockerfile: string | null;
      readonly annotations: Annotations;
    };

/** Null removes one. */
type Annotations = Readonly<Record<string, string | null>>;

/** Reads the body of a request. Throws `input/invalid` for parts that do not fit together. */
export function imageRequest(body: ImageAnalysisRequest): ImageRequest {
  const { source } = body;
  const flat = [body.tag, body.digest, body.dockerfile, body.created_at].some((part) => part != null);
  if (source != null && flat) throw new Fault('input/invalid', "give either 'source' or 'tag' and 'digest', not both");
  const given = Object.values(source ?? {}).filter((part) => part != null);
  if (source != null && given.length !== 1)
    throw new Fault('input/invalid', "'source' holds exactly one of 'tag', 'digest', 'archive' and 'import'");
  if (source?.archive != null) return { kind: 'archive', digest: source.archive.digest.toLowerCase() };
  const annotations = annotationsOf(body);
  if (source?.import != null) return { kind: 'import', manifest: source.import, annotations };
  return { ...registryRequest(body), annotations };
}

/** The text null is what clients without null send. */
function annotationsOf({ annotations }: ImageAnalysisRequest): Annotations {
  const pairs = Object.entries(annotations ?? {});
  return Object.fromEntries(pairs.map(([key, value]) => [key, value === 'null' ? null : value]));
}

function registryRequest(body: ImageAnalysisRequest) {
  const { tag, digest } = body.source ?? {};
  const asked = tag?.pullstring ?? digest?.tag ?? body.tag ?? null;
  if (asked === null)
    throw new Fault('input/invalid', "give 'tag': the image to add, registry/repository:tag, also beside a 'digest'");
  const byDigest = digest?.pullstring ?? body.digest ?? null;
  const created = byDigest === null ? null : (digest?.creation_timestamp_override ?? body.created_at ?? null);
  const reference = byDigest === null ? asked : withDigest(asked, byDigest);
  return {
    kind: 'registry' as const,
    reference,
    digest: parseReference(reference).digest,
    createdAt: created === null ? null : Date.parse(created),
    dockerfile: tag?.dockerfile ?? digest?.dockerfile ?? body.dockerfile ?? null,
  };
}

/** A tag with a digest beside it is that digest, recorded under the tag. The digest is bare or a pull string of the same repository. */
function withDigest(tag: string, digest: string): string {
  const asked = parseReference(tag);
  const bare = digest.slice(digest.lastIndexOf('@') + 1);
  if (bare !== digest && !sameRepository(asked, parseReference(digest)))
    throw new Fault('input/invalid', `the tag ${tag} and the digest ${digest} are of different repositories`);
  if (asked.digest !== null && asked.digest !== bare)
    throw new Fault('input/invalid', `the tag ${tag} names another digest than ${digest}`);
  return asked.digest === null ? `${tag}@${bare}` : tag;
}

function sameRepository(one: Reference, other: Reference): boolean {
  return one.registry === other.registry && one.repository === other.repository;
}
