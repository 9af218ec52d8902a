import { reconcileRegistry } from '#catalog/reconcile-registry.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { EventOf } from '#schema/events.ts';
import type { AwsWorld } from '../aws-world.ts';
import { ownRepositories } from './own-repositories.ts';

/** Messages that are sent together. */
const sentAtOnce = 100;

/**
 * Compares every repository of this account's ECR, or those that the settings narrow it to, with the catalog and sends what was pushed without an event. A repository that cannot be
 * read is a log line: the others are compared all the same. `isOver` is asked before each.
 */
export async function reconcile(world: AwsWorld, registry: string, isOver: () => boolean): Promise<void> {
  const images = await world.images();
  for await (const repository of ownRepositories(images, registry, world.settings.optional('repositories'))) {
    if (isOver()) return world.log.error('repositories left for the next run', { from: repository });
    try {
      await reconcileOne({ ...world, images }, { account: world.settings.required('account'), registry, repository });
    } catch (thrown) {
      const { code, message } = Fault.from(thrown);
      world.log.error('repository not reconciled', { repository, code, message });
    }
  }
}

async function reconcileOne(
  world: Parameters<typeof reconcileRegistry>[0] & Pick<AwsWorld, 'queues' | 'log'>,
  request: Parameters<typeof reconcileRegistry>[1],
): Promise<void> {
  const pushes = reconcileRegistry(world, request);
  let events: EventOf<'image.pushed'>[] = [];
  for (let next = await pushes.next(); ; next = await pushes.next()) {
    if (next.done !== true) events.push(next.value);
    if (next.done === true || events.length === sentAtOnce) {
      await sendEvents(world.queues, events);
      events = [];
    }
    if (next.done === true) return world.log.info('repository reconciled', { ...request, ...next.value });
  }
}
