import type { Image } from '#catalog/image.ts';
import { findImage, findImageById } from '#catalog/image-store.ts';
import { type ImageFilter, imagesOfTag, listImages, type TaggedImage } from '#catalog/listed-image-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { tagHistory } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import { boundedPages } from '#platform/bounded-page.ts';
import { parseReference } from '#registry/reference.ts';
import { imageRecords } from './image-record.ts';
import { jsonList } from './json-list.ts';
import type { ApiWorld, Call } from './route.ts';

interface ListQuery {
  readonly fulltag?: string | undefined;
  readonly history: boolean;
  readonly image_status: 'all' | Image['status'];
  readonly analysis_status?: ReturnType<typeof publicState> | undefined;
  readonly platform?: string | undefined;
}

/** Rows of a page: one has a kilobyte, and up to seventeen with annotations. */
const pages = { first: 50, most: 400 };

/**
 * The images of an account that a query means, as JSON text that is made while they are read: all of them, newest first, or those under a
 * tag: the newest of those that are wanted, or with `history` each that it led to. Throws `state/not-found` when a tag has none.
 */
export async function imageList({ world, principal: { account }, query }: Call<ListQuery>): Promise<unknown> {
  const { fulltag, history } = query;
  const filter: ImageFilter = {
    status: query.image_status === 'all' ? null : query.image_status,
    state: query.analysis_status ?? null,
    platform: query.platform ?? null,
  };
  if (fulltag === undefined) return jsonList('[', records(world, everyImage(world, account, filter), false), ']');
  const found = isImageId(fulltag)
    ? oneImage(world, account, fulltag, filter)
    : tagged(world, account, fulltag, filter, history);
  return jsonList('[', records(world, atLeastOne(found), true), ']');
}

async function* records(world: ApiWorld, images: AsyncIterable<readonly Image[]>, withDockerfiles: boolean) {
  for await (const page of images) yield* imageRecords(world, page, withDockerfiles);
}

async function* atLeastOne(images: AsyncIterable<readonly Image[]>): AsyncGenerator<readonly Image[]> {
  let none = true;
  for await (const page of images) {
    none &&= page.length === 0;
    yield page;
  }
  if (none) throw new Fault('state/not-found', 'image data not found in DB');
}

function everyImage(world: ApiWorld, account: string, filter: ImageFilter) {
  return boundedPages<Image>((after, limit) => listImages(world, account, filter, after, limit), pages);
}

/** What a tag leads to, if to anything now, or also everything that it led to, each image once. */
async function* tagged(
  world: ApiWorld,
  account: string,
  fulltag: string,
  filter: ImageFilter,
  history: boolean,
): AsyncGenerator<readonly Image[]> {
  const { registry, repository, tag, digest } = parseReference(fulltag);
  if (digest !== null) return yield* oneImage(world, account, digest, filter);
  const name = { registry, repository, tag: tag ?? 'latest' };
  if (!history) {
    const [move] = await tagHistory(world, account, name, 1);
    if (move?.digest == null) return;
    return yield (await imagesOfTag(world, account, name, filter, null, 1)).map(({ image }) => image);
  }
  const shown = new Set<number>();
  const read = (after: TaggedImage | null, limit: number) => imagesOfTag(world, account, name, filter, after, limit);
  for await (const page of boundedPages(read, pages)) {
    const images = new Map(page.map(({ image }) => [image.imageNo, image]));
    yield [...images.values()].filter(({ imageNo }) => !shown.has(imageNo));
    for (const imageNo of images.keys()) shown.add(imageNo);
  }
}

/** Clients send the id of an image too where they have no tag. */
function isImageId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function* oneImage(
  world: ApiWorld,
  account: string,
  name: string,
  { status, state, platform }: ImageFilter,
): AsyncGenerator<readonly Image[]> {
  const image = isImageId(name) ? await findImageById(world, account, name) : await findImage(world, account, name);
  if (image === null || (status !== null && image.status !== status)) return;
  if (state !== null && publicState(image.state) !== state) return;
  if (platform === null || `${image.platform}/`.startsWith(`${platform}/`)) yield [image];
}
