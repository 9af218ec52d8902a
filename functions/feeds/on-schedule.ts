import { Fault } from '#core/fault.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import type { FeedsDue } from '#schema/deployment.ts';
import { openAwsWorld } from '../aws-world.ts';
import { wakeNotices } from '../wake-notices.ts';
import { refreshDue } from './refresh-due.ts';

/** A group is not begun any more when less time is left. */
const reserveMs = 5 * 60_000;

/** A schedule of feeds is due. */
export const handler = lambdaHandler({
  open: async (log) => openAwsWorld({ log, patienceMs: 45_000 }),
  async run(world, { group }: FeedsDue, context) {
    if (typeof group !== 'string')
      throw new Fault('input/invalid', 'the schedule names no feed group; give {"group":...}');
    const late = () => context.getRemainingTimeInMillis() < reserveMs;
    // The database is awake now, so nothing has to wake it for this.
    await wakeNotices(world, late);
    await refreshDue(world, group, late);
  },
});
