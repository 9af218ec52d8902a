import { event } from '#schema/events.ts';
import type { ApiWorld } from './route.ts';

export interface QueueDepth {
  readonly queue: string;
  readonly waiting: number;
  readonly inHand: number;
  readonly dead: number;
}

/** How much waits in the queue of each kind of event; on AWS about so much. */
export function queueDepths({ queues }: Pick<ApiWorld, 'queues'>): Promise<readonly QueueDepth[]> {
  const kinds = event.options.map(({ shape }) => shape.kind.value);
  return Promise.all(kinds.map(async (queue) => ({ queue, ...(await queues(queue).depth()) })));
}
