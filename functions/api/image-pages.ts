import type { Tag } from '#catalog/image.ts';
import { tagsOf } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import { type HoldingImage, imagesHolding } from '#matching/images-holding.ts';
import { isoSeconds } from './image-record.ts';
import { jsonList } from './json-list.ts';
import type { ApiWorld } from './route.ts';

/** Which page of images is asked for: `page` is 1 or the `next_page` of the answer before. */
export interface ImagePage {
  readonly page: number;
  /** Undefined: everything from `page` on. */
  readonly limit?: number | undefined;
}

type World = Pick<ApiWorld, 'sql'>;

/**
 * The active images of an account that hold any of these packages, with what `shown` makes of those that they hold, as the JSON text
 * of an answer with `images`, made as they are read. The number of a page is that of the last image before it and one.
 */
export function imagePages(
  world: World,
  account: string,
  packageIds: readonly number[],
  { page, limit = Number.POSITIVE_INFINITY }: ImagePage,
  shown: (packageIds: readonly number[]) => object,
): AsyncIterable<string> {
  let count = 0;
  let next: number | null = null;
  async function* items() {
    for await (const { image, tags } of holding(world, account, packageIds, page - 1, limit)) {
      if (count === limit) return;
      count++;
      next = image.imageNo + 1;
      yield { image: imageReference(image, tags), ...shown(image.packageIds) };
    }
    next = null;
  }
  const tail = () => `],"page":"${page}","returned_count":${count}${next === null ? '' : `,"next_page":"${next}"`}}`;
  return jsonList('{"images":[', items(), tail);
}

/** Images of one statement: the sets that hold the packages are found for each anew. */
const most = 2000;

/** Whose tags are asked for at a time. */
const tagged = 100;

/** At least one more than are wanted, if there is one: it tells that there is a next page. */
async function* holding(
  world: World,
  account: string,
  packageIds: readonly number[],
  from: number,
  wanted: number,
): AsyncGenerator<{ readonly image: HoldingImage; readonly tags: readonly Tag[] }> {
  let limit = Math.min(wanted, tagged) + 1;
  for (let after = from; ; ) {
    let images: readonly HoldingImage[];
    try {
      images = await imagesHolding(world.sql, account, packageIds, { after, limit });
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || limit === 1) throw fault;
      limit = Math.max(1, limit >> 2);
      continue;
    }
    for (let at = 0; at < images.length; at += tagged) {
      const slice = images.slice(at, at + tagged);
      const digests = slice.map(({ digest }) => digest);
      const tags = await tagsOf(world, account, digests);
      for (const image of slice) yield { image, tags: tags.get(image.digest) ?? [] };
    }
    if (images.length < limit) return;
    after = images.at(-1)!.imageNo;
    limit = Math.min(limit * 4, most);
  }
}

function imageReference({ digest, imageId, analyzedAt }: HoldingImage, tags: readonly Tag[]) {
  return {
    imageDigest: digest,
    imageId,
    analyzed_at: analyzedAt === null ? null : isoSeconds(analyzedAt),
    tag_history: tags.map(({ registry, repository, tag, detectedAt }) => ({
      registry,
      repo: repository,
      tag,
      fulltag: `${registry}/${repository}:${tag}`,
      tag_detected_at: isoSeconds(detectedAt),
    })),
  };
}
