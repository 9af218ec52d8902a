import { removeDeleted } from '#catalog/remove-deleted.ts';
import { sendEvents } from '#platform/bus.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import { openAwsWorld } from '../aws-world.ts';
import { clearImports } from '../clear-imports.ts';
import { pruneEvents } from '../prune-events.ts';
import { removeAccounts } from '../remove-accounts.ts';
import { renewWatched } from '../renew-watched.ts';
import { type SweepSettings, sweepUnfinished } from '../sweep-unfinished.ts';
import { wakeNotices } from '../wake-notices.ts';
import { reconcile } from './reconcile.ts';

/** A repository is not begun any more when less time is left: one of 100,000 images takes about a minute, the sweep another. */
const reserveMs = 4 * 60_000;

/**
 * SQS counts approximately: with empty queues an image to which nothing happened for a quarter of an hour is on nobody's way, with others
 * after a day. Ten tasks get through as many messages in a day.
 */
const sweep: SweepSettings = { quietMs: 15 * 60_000, busyQuietMs: 24 * 3_600_000, upTo: 20_000 };

/** Once a day: what deleted accounts and images leave, pushes that no event told of, and images that no message speaks of any more. */
export const handler = lambdaHandler({
  open: async (log) => openAwsWorld({ log, patienceMs: 45_000 }),
  async run(world, _event: unknown, context) {
    const { region, roles } = world.settings;
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const accounts = new Set([world.settings.required('awsAccount'), ...roles.keys()]);
    const registries = [...accounts].map((account) => ({
      registry: `${account}.dkr.ecr.${region}.${suffix}`,
      account: roles.has(account) ? account : null,
    }));
    const late = () => context.getRemainingTimeInMillis() < reserveMs;
    // Watches that nobody thought of, and those of registries that tell of pushes by themselves.
    await sendEvents(world.queues, [{ kind: 'watch.due' }]);
    await removeAccounts(world, late);
    await removeDeleted(world, late);
    await clearImports(world, late);
    await wakeNotices(world, late);
    await pruneEvents(world, Number(world.settings.optional('eventDays') ?? 90), late);
    await renewWatched(world, late);
    await reconcile(world, registries, late);
    const lost = await sweepUnfinished(world, sweep);
    if (lost > 0) world.log.info('images sent on again', { images: lost });
    if (world.hub !== null) await (await import('#matching/tell-hub.ts')).refreshHub(world, late);
  },
});
