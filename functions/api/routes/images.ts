import { admitImage } from '#catalog/admit-image.ts';
import type { Image } from '#catalog/image.ts';
import { findImage, listImages } from '#catalog/image-store.ts';
import { publicState } from '#catalog/lifecycle.ts';
import { tagHistory, tagsOf } from '#catalog/tag-store.ts';
import { digestHex, digestOf } from '#core/digest.ts';
import { Fault, type FaultCode } from '#core/fault.ts';
import { readBlob } from '#platform/blobs.ts';
import { sendEvents } from '#platform/bus.ts';
import { parseReference } from '#registry/reference.ts';
import { imageAnalysisRequest, images as imagesAnswer } from '#schema/api/images.ts';
import { storedImage } from '../find-stored.ts';
import { imageRecord } from '../image-record.ts';
import type { ApiWorld, Call, Route } from '../route.ts';

export const imageRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/images',
    summary: 'Add an image by tag or digest; it is looked up at once and analysed after',
    access: 'user',
    query: { force: 'analyse again', autosubscribe: 'accepted for clients of the original' },
    body: imageAnalysisRequest,
    answer: imagesAnswer,
    handle: addImage,
  },
  {
    method: 'GET',
    path: '/images',
    summary: 'List images, newest first',
    access: 'user',
    query: {
      fulltag: 'the image a tag points to',
      history: 'with fulltag: all it pointed to',
      image_status: 'active (default), deleting or all',
      analysis_status: 'only images in this state',
    },
    answer: imagesAnswer,
    handle: listAll,
  },
  {
    method: 'GET',
    path: '/images/{digest}',
    summary: 'One image, by its digest or that of its index',
    access: 'user',
    answer: imagesAnswer,
    handle: async (call) => records(call.world, [await storedImage(call)]),
  },
  {
    method: 'GET',
    path: '/images/by_id/{imageId}',
    summary: 'One image, by the id of its config',
    access: 'user',
    answer: imagesAnswer,
    handle: async (call) => records(call.world, [await storedImage(call)]),
  },
];

async function addImage({ world, principal, query, json }: Call) {
  const parsed = imageAnalysisRequest.safeParse(json());
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Fault('input/invalid', `invalid image request: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const request = requestOf(parsed.data);
  const force = isTrue(query.get('force'));
  const dockerfile = await storeDockerfile(world, request.dockerfile);
  const now = world.clock.now();
  try {
    const { image, next } = await admitImage(world, {
      account: principal.account,
      reference: request.reference,
      at: now,
      ...(request.createdAt === null ? {} : { createdAt: request.createdAt }),
      dockerfile,
      annotations: request.annotations,
      force,
    });
    await sendEvents(world.queues, next);
    return records(world, [image]);
  } catch (thrown) {
    throw asRegistryError(Fault.from(thrown));
  }
}

function requestOf(body: ReturnType<typeof imageAnalysisRequest.parse>) {
  const flat = body.tag !== undefined || body.digest !== undefined || body.dockerfile !== undefined;
  const { tag, digest } = body.source ?? {};
  if (body.source !== undefined && flat)
    throw new Fault('input/invalid', "give either 'source' or 'tag' and 'digest', not both");
  if (body.source !== undefined && (tag === undefined) === (digest === undefined))
    throw new Fault('input/invalid', "'source' holds exactly one of 'tag' and 'digest'");
  const reference =
    digest === undefined
      ? flatReference(tag?.pullstring ?? body.tag, body.digest)
      : flatReference(digest.tag, parseReference(digest.pullstring).digest ?? undefined);
  const created = digest?.creation_timestamp_override ?? body.created_at;
  const annotations = Object.entries(body.annotations ?? {}).map(([key, value]) => [
    key,
    value === 'null' ? null : value,
  ]);
  return {
    reference,
    createdAt: created === undefined ? null : Date.parse(created),
    dockerfile: tag?.dockerfile ?? digest?.dockerfile ?? body.dockerfile ?? null,
    annotations: Object.fromEntries(annotations) as Record<string, string | null>,
  };
}

/** A tag with a digest beside it is that digest, recorded under the tag. */
function flatReference(tag: string | undefined, digest: string | undefined): string {
  if (tag === undefined) throw new Fault('input/invalid', "give 'tag': the image to add, registry/repository:tag");
  return digest === undefined ? tag : `${tag}@${digest.slice(digest.lastIndexOf('@') + 1)}`;
}

async function storeDockerfile(world: ApiWorld, base64: string | null): Promise<string | null> {
  if (base64 === null) return null;
  const text = Buffer.from(base64, 'base64');
  const key = `dockerfiles/${digestHex(digestOf(text))}`;
  await world.blobs.put(key, text);
  return key;
}

const registryErrors: Partial<Record<FaultCode, string>> = {
  'registry/denied': 'REGISTRY_PERMISSION_DENIED',
  'registry/not-found': 'REGISTRY_IMAGE_NOT_FOUND',
  'registry/failed': 'REGISTRY_NOT_ACCESSIBLE',
  'network/unreachable': 'REGISTRY_NOT_ACCESSIBLE',
  'network/refused': 'REGISTRY_NOT_ACCESSIBLE',
  'network/offline': 'REGISTRY_NOT_ACCESSIBLE',
  'image/unsupported': 'REGISTRY_NOT_SUPPORTED',
  'image/not-an-image': 'REGISTRY_NOT_SUPPORTED',
  'image/platform-missing': 'OSARCH_MISMATCH',
};

/** The lookup happens while the client waits; what goes wrong there is the client's to know, as a 400. */
function asRegistryError(fault: Fault): Fault {
  const code = registryErrors[fault.code];
  if (code === undefined) return fault;
  return new Fault('input/invalid', 'cannot fetch image digest/manifest from registry', {
    detail: { error_codes: [code], raw_exception_message: fault.message },
    cause: fault,
  });
}

async function listAll({ world, principal, query }: Call) {
  const fulltag = query.get('fulltag');
  const found =
    fulltag === null
      ? await everyImage(world, principal.account)
      : await tagged(world, principal.account, fulltag, query);
  const status = query.get('image_status') ?? 'active';
  const state = query.get('analysis_status');
  const shown = found.filter(
    (image) => (status === 'all' || image.status === status) && (state === null || publicState(image.state) === state),
  );
  if (fulltag !== null && shown.length === 0) throw new Fault('state/not-found', 'image data not found in DB');
  return records(world, shown);
}

async function tagged(
  world: ApiWorld,
  account: string,
  fulltag: string,
  query: URLSearchParams,
): Promise<readonly Image[]> {
  const { registry, repository, tag } = parseReference(fulltag);
  const limit = isTrue(query.get('history')) ? 1000 : 1;
  const history = await tagHistory(world, account, { registry, repository, tag: tag ?? 'latest' }, limit);
  const digests = [...new Set(history.map((one) => one.digest))];
  const images = await Promise.all(digests.map((digest) => findImage(world, account, digest)));
  return images.filter((image) => image !== null);
}

async function everyImage(world: ApiWorld, account: string): Promise<readonly Image[]> {
  const all: Image[] = [];
  for (let page = await listImages(world, account, null, 200); page.length > 0; ) {
    all.push(...page);
    page = page.length < 200 ? [] : await listImages(world, account, page.at(-1)!, 200);
  }
  return all;
}

async function records(world: ApiWorld, images: readonly Image[]) {
  const answer = [];
  for (let at = 0; at < images.length; at += 100) {
    const page = images.slice(at, at + 100);
    const tags =
      page[0] === undefined
        ? new Map()
        : await tagsOf(
            world,
            page[0].account,
            page.map((image) => image.digest),
          );
    for (const image of page) {
      const dockerfile = image.dockerfile === null ? null : await readBlob(world.blobs, image.dockerfile);
      answer.push(imageRecord(image, tags.get(image.digest) ?? [], dockerfile?.toString('base64') ?? null));
    }
  }
  return answer;
}

/** Clients send `True` as well as `true`. */
function isTrue(text: string | null): boolean {
  return text?.toLowerCase() === 'true';
}
