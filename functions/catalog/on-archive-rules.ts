import { applyRules } from '#archive/apply-rules.ts';
import { finishArchives } from '#archive/finish-archives.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import { openAwsWorld } from '../aws-world.ts';

/** An image is archived in a second or two; forty are begun together. */
const reserveMs = 3 * 60_000;

/** Twice a day: what was archived or deleted by half is ended, then rules are followed. What is left is of the next time. */
export const handler = lambdaHandler({
  open: async (log) => openAwsWorld({ log, patienceMs: 45_000 }),
  async run(world, _event: unknown, context) {
    const late = () => context.getRemainingTimeInMillis() < reserveMs;
    await finishArchives(world, late);
    await applyRules(world, { dryRun: world.settings.optional('archiveDryRun') === 'true', late });
  },
});
