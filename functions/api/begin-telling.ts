import { currentImages } from '#catalog/current-tags-store.ts';
import { isDigest } from '#core/digest.ts';
import { forgetTold } from '#matching/told-findings-store.ts';
import type { Subscription } from '#notices/subscription.ts';
import { tagWatches } from '#notices/tag-watches.ts';
import { sendEvents } from '#platform/bus.ts';
import type { ApiWorld } from './route.ts';

/** Images of one subscription that are looked at. */
const most = 1000;

/**
 * To be called when a subscription was added or switched on: verdicts and vulnerabilities are noted at once as they are now, untold, so that the
 * next change is told, and not only the one after that.
 */
export async function beginTelling(
  world: Pick<ApiWorld, 'sql' | 'queues'>,
  { account, key, type, active }: Subscription,
): Promise<void> {
  if (!active || (type !== 'policy_eval' && type !== 'vuln_update')) return;
  if (type === 'vuln_update') await forgetTold(world.sql, account, key);
  const named = (await tagWatches(world, account, [key])).flatMap(({ digests }) => digests).filter(isDigest);
  const digests = new Set([...(await currentImages(world, account, key)), ...named].slice(0, most));
  await sendEvents(
    world.queues,
    [...digests].map((digest) => ({ kind: 'image.matched', account, digest })),
  );
}
