import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import { type Wake, wakeQueue } from '#schema/deployment.ts';
import type { EventKind } from '#schema/events.ts';
import type { Queues } from '../queue.ts';

const analyzed: EventKind = 'image.queued';

/**
 * Queues where work for analyzer tasks wakes dispatch: tasks run only while there is work. A wake that cannot be sent is a log
 * line and not an error, because the work is in its queue by then and a sweep wakes dispatch every ten minutes.
 */
export function wakingQueues(queues: Queues, log: Log): Queues {
  return (name) => {
    const queue = queues(name);
    if (name !== analyzed) return queue;
    return {
      ...queue,
      async send(bodies, delaySeconds, group) {
        await queue.send(bodies, delaySeconds, group);
        if (bodies.length === 0) return;
        const wake: Wake = { task: 'analyzer' };
        await queues(wakeQueue)
          .send([JSON.stringify(wake)], delaySeconds)
          .catch((thrown: unknown) => log.error('dispatch not woken', { reason: Fault.from(thrown).message }));
      },
    };
  };
}
