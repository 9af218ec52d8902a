import { openDispatchPlatform } from '#platform/aws/dispatch-platform.ts';
import { lambdaHandler } from '#platform/aws/lambda.ts';
import { answerWakes, type WakeEvent } from './answer-wakes.ts';

/** Messages of the wake queue, or one wake as a schedule would hand it over. */
export const handler = lambdaHandler({
  open: async (log) => openDispatchPlatform(log),
  run: async (world, event: WakeEvent) => await answerWakes(world, event),
});
