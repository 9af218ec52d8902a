import type { Image } from '#catalog/image.ts';
import { findImage, findImages, listImages } from '#catalog/image-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { tagHistory } from '#catalog/tag-store.ts';
import { Fault } from '#core/fault.ts';
import { parseReference } from '#registry/reference.ts';
import { addImageQuery, imageAnalysisRequest, images, listImagesQuery } from '#schema/api/images.ts';
import { addImage } from '../add-image.ts';
import { storedImage } from '../find-stored.ts';
import { imageRecords } from '../image-record.ts';
import { type ApiWorld, type Call, type Route, route } from '../route.ts';

export const imageRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/images',
    summary: 'Add an image by tag or digest; it is looked up at once and analysed after',
    access: 'createImage',
    query: addImageQuery,
    body: imageAnalysisRequest,
    answer: images,
    handle: async (call) => imageRecords(call.world, [await addImage(call, call.body, call.query.force)], true),
  }),
  route({
    method: 'GET',
    path: '/images',
    summary: 'List images, newest first; Dockerfiles only with fulltag',
    access: 'listImages',
    query: listImagesQuery,
    answer: images,
    handle: list,
  }),
  route({
    method: 'GET',
    path: '/images/{digest}',
    summary: 'One image, by its digest or that of its index',
    access: 'getImage',
    answer: images,
    handle: async (call) => imageRecords(call.world, [await storedImage(call)], true),
  }),
  route({
    method: 'GET',
    path: '/images/by_id/{imageId}',
    summary: 'One image, by the id of its config',
    access: 'getImage',
    answer: images,
    handle: async (call) => imageRecords(call.world, [await storedImage(call)], true),
  }),
];

interface ListQuery {
  readonly fulltag?: string | undefined;
  readonly history: boolean;
  readonly image_status: 'all' | Image['status'];
  readonly analysis_status?: string | undefined;
}

async function list({ world, principal: { account }, query }: Call<ListQuery>) {
  const { fulltag, history, image_status: status, analysis_status: state } = query;
  const wanted = (image: Image) =>
    (status === 'all' || image.status === status) && (state === undefined || publicState(image.state) === state);
  if (fulltag === undefined) return imageRecords(world, (await everyImage(world, account)).filter(wanted), false);
  const found = (await tagged(world, account, fulltag, history)).filter(wanted);
  if (found.length === 0) throw new Fault('state/not-found', 'image data not found in DB');
  return imageRecords(world, history ? found : found.slice(0, 1), true);
}

/** Moves of one tag that are looked back at. */
const maxHistory = 1000;

/** What a tag points to, if to anything, or also everything that it pointed to, newest first, each image once. */
async function tagged(world: ApiWorld, account: string, fulltag: string, history: boolean): Promise<readonly Image[]> {
  const { registry, repository, tag, digest } = parseReference(fulltag);
  if (digest !== null) {
    const image = await findImage(world, account, digest);
    return image === null ? [] : [image];
  }
  const moves = await tagHistory(world, account, { registry, repository, tag: tag ?? 'latest' }, maxHistory);
  const wanted = history || moves[0]?.digest != null ? moves : [];
  const digests = [...new Set(wanted.flatMap((one) => one.digest ?? []))];
  const images = new Map((await findImages(world, account, digests)).map((image) => [image.digest, image]));
  return digests.flatMap((one) => images.get(one) ?? []);
}

const pageSize = 40;

async function everyImage(world: ApiWorld, account: string): Promise<readonly Image[]> {
  const all: Image[] = [];
  for (let after: Image | null = null; ; ) {
    const page: readonly Image[] = await listImages(world, account, after, pageSize);
    all.push(...page);
    if (page.length < pageSize) return all;
    after = page.at(-1)!;
  }
}
