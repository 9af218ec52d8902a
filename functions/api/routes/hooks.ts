import { fromEcrEvent } from '#catalog/ecr-event.ts';
import { sendEvents } from '#platform/bus.ts';
import { ecrEvent } from '#schema/ecr-event.ts';
import { hookAnswer } from '#schema/api/system.ts';
import type { Call, Route } from '../route.ts';

export const hookRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/hooks/eventbridge',
    summary: 'Takes an EventBridge event of ECR: a push is admitted as a request would be',
    access: 'admin',
    body: ecrEvent,
    answer: hookAnswer,
    handle: takeEvent,
  },
];

async function takeEvent({ world, principal, json }: Call) {
  const outcome = fromEcrEvent(json(), principal.account);
  if (outcome.kind === 'ignored') return { outcome: 'ignored', reason: outcome.reason };
  await sendEvents(world.queues, [outcome.event]);
  return { outcome: 'queued', reason: null };
}
