import {
  importBlob,
  type ImportContents,
  type ImportKind,
  importKinds,
  type ImportOperation,
  requiredKinds,
} from '#analysis/imports/import-operation.ts';
import { dockerfileText } from '#analysis/imports/read-part.ts';
import { findImport, listImportContents, processImport } from '#analysis/imports/import-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import type { Image } from '#catalog/image.ts';
import { moveImage } from '#catalog/image-store.ts';
import { pointTag } from '#catalog/point-tag.ts';
import { putDockerfile } from '#catalog/put-dockerfile.ts';
import { type Digest, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { subscribeTag } from '#notices/subscribe-tag.ts';
import { readBlob } from '#platform/blobs.ts';
import { sendEvents } from '#platform/bus.ts';
import { formatReference, parseReference, type Reference } from '#registry/reference.ts';
import { parseConfig } from '#registry/image/image-config.ts';
import type { ImageImport } from '#schema/api/images.ts';
import type { ApiWorld, Call } from './route.ts';

/**
 * Makes an image of what was uploaded: it is put in the catalog under its tags and analysed by its parts, and nothing is pulled. The same
 * request again is answered the same until that is done. Throws `input/invalid` for parts that are missing or not there, `state/not-found`
 * for an operation that is not, and `state/conflict` for one that became something, or was given up.
 */
export async function importImage(
  { world, principal: { account } }: Pick<Call, 'world' | 'principal'>,
  manifest: ImageImport,
  annotations: Readonly<Record<string, string | null>>,
): Promise<Image> {
  const now = world.clock.now();
  const tags = tagsOf(manifest);
  const digest = digestIn(manifest.digest, 'digest');
  const operation = await findImport(world, account, manifest.operation_uuid, now);
  if (operation === null)
    throw new Fault('state/not-found', `there is no import operation '${manifest.operation_uuid.slice(0, 100)}'`);
  const contents = await contentsOf(world, operation, manifest);
  const config = await configOf(world, operation, contents);
  if ((await processImport(world, operation.id, { digest, contents }, now)) === null)
    throw new Fault('state/conflict', `the import operation ${operation.id} is ${operation.status}; begin another`);
  const { image } = await admitToCatalog(
    world,
    {
      ...{ account, digest, platform: config.platform },
      parentDigest: manifest.parent_digest == null ? digest : digestIn(manifest.parent_digest, 'parent_digest'),
      imageId: localId(manifest.local_image_id) ?? contents.image_config!,
      pullReference: `${tags[0]!.registry}/${tags[0]!.repository}@${digest}`,
      dockerfile: await storeDockerfile(world, operation, contents),
      annotations: { ...annotations, 'anchore.system/import_operation_id': operation.id },
      createdAt: now,
    },
    now,
  );
  const ended = image.state === 'analyzed' || image.state === 'analysis_failed';
  const waiting = (ended ? await moveImage(world, image, 'requeued', now) : null) ?? image;
  for (const tag of tags) {
    await pointTag(world, account, { ...tag, tag: tag.tag!, digest, detectedAt: now });
    await subscribeTag(world, account, formatReference(tag), false);
  }
  await sendEvents(world.queues, [{ kind: 'image.queued', account, digest }]);
  return waiting;
}

function tagsOf({ tags }: ImageImport): readonly Reference[] {
  return tags.map((text) => {
    const reference = parseReference(text);
    if (reference.tag === null || reference.digest !== null)
      throw new Fault('input/invalid', `'${text.slice(0, 200)}' in tags is no registry/repository:tag`);
    return reference;
  });
}

function digestIn(text: string, field: string): Digest {
  const digest = text.toLowerCase();
  if (!isDigest(digest))
    throw new Fault('input/invalid', `${field} '${text.slice(0, 100)}': give sha256: and 64 hex digits`);
  return digest;
}

function localId(text: string | null | undefined): string | null {
  const hex = text?.toLowerCase().replace(/^sha256:/, '') ?? '';
  return /^[0-9a-f]{64}$/.test(hex) ? hex : null;
}

/** The parts that the request names, each of which was uploaded. */
async function contentsOf(
  world: ApiWorld,
  { id }: ImportOperation,
  { contents }: ImageImport,
): Promise<ImportContents> {
  const found: Partial<Record<ImportKind, string>> = {};
  for (const kind of importKinds) {
    const digest = contents[kind]?.toLowerCase().replace(/^sha256:/, '');
    if (digest === undefined) {
      if (requiredKinds.includes(kind))
        throw new Fault('input/invalid', `'contents' has no '${kind}', which is needed`);
      continue;
    }
    const uploaded = await listImportContents(world, id, kind);
    if (!uploaded.some((one) => one.digest === digest))
      throw new Fault('input/invalid', `no ${kind} with the digest ${digest} was uploaded to the operation ${id}`);
    found[kind] = digest;
  }
  return found;
}

async function configOf(world: ApiWorld, { id }: ImportOperation, contents: ImportContents) {
  const bytes = await readBlob(world.blobs, importBlob(id, 'image_config', contents.image_config!));
  if (bytes === null) throw new Fault('data/corrupt', `the image_config of the import ${id} is not stored any more`);
  const { os, architecture, variant } = parseConfig(bytes, null, null, 'the uploaded image_config').config;
  return { platform: [os, architecture, ...(variant === null ? [] : [variant])].join('/') };
}

async function storeDockerfile(world: ApiWorld, { id }: ImportOperation, { dockerfile }: ImportContents) {
  const bytes = dockerfile === undefined ? null : await readBlob(world.blobs, importBlob(id, 'dockerfile', dockerfile));
  return bytes === null ? null : putDockerfile(world, Buffer.from(dockerfileText(bytes)));
}
