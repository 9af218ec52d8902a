import { requireAccount } from '#access/account-store.ts';
import { fromEcrEvent } from '#catalog/ecr-event.ts';
import { sendEvents } from '#platform/bus.ts';
import { ecrEvent } from '#schema/ecr-event.ts';
import { hookAnswer } from '#schema/api/system.ts';
import { type Call, type Route, route } from '../route.ts';

export const hookRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/hooks/eventbridge',
    summary: 'Takes an EventBridge event of ECR: a push is admitted as a request would be, a deletion is noted',
    access: 'sendRegistryEvent',
    body: ecrEvent,
    answer: hookAnswer,
    handle: takeEvent,
  }),
];

async function takeEvent({ world, principal, body }: Call) {
  const outcome = fromEcrEvent(body, principal.account);
  if (outcome.kind === 'ignored') return { outcome: 'ignored', reason: outcome.reason };
  await requireAccount(world, principal.account);
  await sendEvents(world.queues, [outcome.event]);
  return { outcome: 'queued', reason: null };
}
