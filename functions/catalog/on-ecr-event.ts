import { fromEcrEvent } from '#catalog/ecr-event.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import { openAwsPlatform } from '#platform/aws/aws-platform.ts';
import { sendEvents } from '#platform/bus.ts';

/** An event of ECR: pushes and deletions go to the catalog, all else is passed over. Nothing is asked of the database, which may sleep on. */
export const handler = lambdaHandler({
  open: async (log) => openAwsPlatform({ log, patienceMs: 0 }),
  async run({ queues, settings, log }, event: unknown) {
    const outcome = fromEcrEvent(event, settings.required('account'));
    if (outcome.kind === 'ignored') log.info('event of ECR passed over', { reason: outcome.reason });
    else await sendEvents(queues, [outcome.event]);
  },
});
