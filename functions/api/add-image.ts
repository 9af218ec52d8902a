import { requireAccount } from '#access/account-store.ts';
import { admitImage } from '#catalog/admit-image.ts';
import type { Image } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { putDockerfile } from '#catalog/put-dockerfile.ts';
import { Fault } from '#core/fault.ts';
import { subscribeTag } from '#notices/subscribe-tag.ts';
import { sendEvents } from '#platform/bus.ts';
import type { ImageAnalysisRequest } from '#schema/api/images.ts';
import { expectWatches } from '../idle-watches.ts';
import { type ImageRequest, imageRequest } from './image-request.ts';
import { lookupFault } from './lookup-fault.ts';
import type { ApiWorld, Call } from './route.ts';
import { tellLookupFailed } from '../tell-lookup-failed.ts';

type AddCall = Pick<Call, 'world' | 'principal'>;

interface AddOptions {
  readonly force: boolean;
  readonly autosubscribe: boolean;
}

/**
 * Adds the image of a request and gives it: one of the archive or of an import, or one that is looked up in the registry while the client
 * waits; all images of an index then, of which the one that stands for it is given. Throws `input/invalid` for requests that do not fit together, and with
 * `error_codes` for what the registry did not give.
 */
export async function addImage(call: AddCall, body: ImageAnalysisRequest, options: AddOptions): Promise<Image> {
  const request = imageRequest(body);
  await requireAccount(call.world, call.principal.account);
  if (request.kind === 'archive') return (await import('./restore-image.ts')).restoreArchived(call, request.digest);
  if (request.kind === 'import')
    return (await import('./import-image.ts')).importImage(call, request.manifest, request.annotations);
  return addFromRegistry(call, request, options);
}

async function addFromRegistry(
  { world, principal: { account } }: AddCall,
  { reference, digest, dockerfile, annotations, ...request }: ImageRequest & { readonly kind: 'registry' },
  { force, autosubscribe }: AddOptions,
): Promise<Image> {
  const createdAt =
    request.createdAt ?? (force && digest !== null ? await createdBefore(world, account, digest) : null);
  const admitted = await admitImage(world, {
    ...{ account, reference, annotations, force },
    at: createdAt ?? world.clock.now(),
    ...(createdAt === null ? {} : { createdAt }),
    dockerfile: dockerfile === null ? null : await putDockerfile(world, Buffer.from(dockerfile, 'base64')),
  }).catch(async (thrown: unknown) => {
    const { code, message: reason } = Fault.from(thrown);
    const found = lookupFault(Fault.from(thrown));
    if (found.kind === 'lookup')
      await tellLookupFailed(world, { account, reference, code, reason, errorCodes: found.errorCodes });
    throw found.fault;
  });
  if (admitted.fulltag !== null) await subscribeTag(world, account, admitted.fulltag, autosubscribe);
  if (autosubscribe) await expectWatches(world);
  await sendEvents(world.queues, admitted.next);
  return admitted.image;
}

/** Whoever asks by force for a digest that is known does not make it newer. */
async function createdBefore(world: ApiWorld, account: string, digest: string): Promise<number> {
  const known = await findImage(world, account, digest);
  if (known !== null) return known.createdAt;
  throw new Fault('input/invalid', 'image digest must already exist to force re-analyze using tag+digest');
}
