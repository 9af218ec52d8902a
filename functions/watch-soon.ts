import { hastenWatch } from '#catalog/watch-store.ts';
import type { Subscription } from '#notices/subscription.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';

/** To be called after a subscription was added, or changed by somebody: one that watches is looked at at once. */
export async function watchSoon(
  world: Pick<Platform, 'sql' | 'queues' | 'clock'>,
  { id, type, active }: Pick<Subscription, 'id' | 'type' | 'active'>,
): Promise<void> {
  if (!active || (type !== 'tag_update' && type !== 'repo_update')) return;
  await hastenWatch(world, id, world.clock.now());
  await sendEvents(world.queues, [{ kind: 'watch.due' }]);
}
