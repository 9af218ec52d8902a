import { admitImage, type AdmitRequest, type AdmitWorld } from '#catalog/admit-image.ts';
import { carriedAnnotations } from '#catalog/carried-annotations.ts';
import { Fault } from '#core/fault.ts';
import { subscribeTag } from '#notices/subscribe-tag.ts';
import type { Event, EventOf } from '#schema/events.ts';

/**
 * The step of a push, whoever told of it (ECR, a watch): the image is admitted with the annotations of the one that its tag pointed to
 * before, and the tag has its subscriptions, as if somebody had added it. Signatures and other things that are no images, and platforms that
 * are not wanted, are passed over.
 */
export async function admitPushed(
  world: AdmitWorld,
  { account, reference, at, autosubscribe = false }: EventOf<'image.pushed'>,
): Promise<readonly Event[]> {
  const annotations = await carriedAnnotations(world, account, reference);
  try {
    const { fulltag, next } = await admitWith(world, { account, reference, at, annotations, pushed: true });
    if (fulltag !== null) await subscribeTag(world, account, fulltag, autosubscribe);
    return next;
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    if (code !== 'image/not-an-image' && code !== 'image/platform-missing') throw thrown;
    world.log.info('push passed over', { account, reference, reason: message });
    return [];
  }
}

/** An image that is known may have so many annotations of its own that others find no room. */
async function admitWith(world: AdmitWorld, request: AdmitRequest) {
  try {
    return await admitImage(world, request);
  } catch (thrown) {
    const { code } = Fault.from(thrown);
    if (code !== 'input/too-large' || Object.keys(request.annotations ?? {}).length === 0) throw thrown;
    return await admitImage(world, { ...request, annotations: {} });
  }
}
