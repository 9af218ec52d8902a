import { requireAccount } from '#access/account-store.ts';
import { admitImage } from '#catalog/admit-image.ts';
import type { Image } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { digestHex, digestOf } from '#core/digest.ts';
import { Fault, type FaultCode } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import { parseReference, type Reference } from '#registry/reference.ts';
import type { ImageAnalysisRequest } from '#schema/api/images.ts';
import type { ApiWorld, Call } from './route.ts';

/**
 * Adds the image of a request: looks it up in the registry while the client waits, records it, and sends on what has to
 * happen next. Throws `input/invalid` for requests that do not fit together, and with `error_codes` for what the registry
 * did not give.
 */
export async function addImage(
  { world, principal: { account } }: Pick<Call, 'world' | 'principal'>,
  body: ImageAnalysisRequest,
  force: boolean,
): Promise<Image> {
  const { reference, createdAt, dockerfile, annotations } = requestOf(body);
  await requireAccount(world, account);
  const { digest } = parseReference(reference);
  if (force && digest !== null && createdAt === null && (await findImage(world, account, digest)) === null)
    throw new Fault('input/invalid', 'image digest must already exist to force re-analyze using tag+digest');
  const now = world.clock.now();
  const { image, next } = await admitImage(world, {
    account,
    reference,
    at: createdAt ?? now,
    ...(createdAt === null ? {} : { createdAt }),
    dockerfile: await storeDockerfile(world, dockerfile),
    annotations,
    force,
  }).catch((thrown: unknown) => {
    throw asRegistryError(Fault.from(thrown));
  });
  await sendEvents(world.queues, next);
  return image;
}

/** What a request asks for, whichever of its two forms it has. */
function requestOf(body: ImageAnalysisRequest) {
  const { tag, digest } = body.source ?? {};
  const flat = body.tag !== undefined || body.digest !== undefined || body.dockerfile !== undefined;
  if (body.source !== undefined && flat)
    throw new Fault('input/invalid', "give either 'source' or 'tag' and 'digest', not both");
  if (body.source !== undefined && (tag === undefined) === (digest === undefined))
    throw new Fault('input/invalid', "'source' holds exactly one of 'tag' and 'digest'");
  const asked = tag?.pullstring ?? digest?.tag ?? body.tag;
  if (asked === undefined)
    throw new Fault('input/invalid', "give 'tag': the image to add, registry/repository:tag, also beside a 'digest'");
  const byDigest = digest?.pullstring ?? body.digest;
  const created = byDigest === undefined ? undefined : (digest?.creation_timestamp_override ?? body.created_at);
  const annotations = Object.entries(body.annotations ?? {}).map(
    ([key, value]) => [key, value === 'null' ? null : value] as const,
  );
  return {
    reference: byDigest === undefined ? asked : withDigest(asked, byDigest),
    createdAt: created === undefined ? null : Date.parse(created),
    dockerfile: tag?.dockerfile ?? digest?.dockerfile ?? body.dockerfile ?? null,
    annotations: Object.fromEntries(annotations),
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
  'image/corrupt': 'UNKNOWN',
  'image/digest-mismatch': 'UNKNOWN',
  'image/too-large': 'UNKNOWN',
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
