import { lambdaHandler } from '#platform/aws/lambda.ts';
import { openAwsWorld } from '../aws-world.ts';
import { sweepUnfinished } from '../sweep-unfinished.ts';
import { reconcile } from './reconcile.ts';

/** A repository is not begun any more when less time is left. */
const reserveMs = 2 * 60_000;

/** SQS counts approximately; an image to which nothing happened for this long is on nobody's way. */
const quietMs = 15 * 60_000;

/** Once a day: pushes that no event told of, and images that no message speaks of any more. */
export const handler = lambdaHandler({
  open: async (log) => openAwsWorld({ log, patienceMs: 45_000 }),
  async run(world, _event: unknown, context) {
    const { region } = world.settings;
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    await reconcile(
      world,
      `${world.settings.required('awsAccount')}.dkr.ecr.${region}.${suffix}`,
      () => context.getRemainingTimeInMillis() < reserveMs,
    );
    const lost = await sweepUnfinished(world, quietMs);
    if (lost > 0) world.log.info('images sent on again', { images: lost });
  },
});
