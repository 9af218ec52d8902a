import { Fault } from '#core/fault.ts';
import { type BatchAnswer, type LambdaRecord, settleBatch } from '#platform/aws/lambda-batch.ts';
import { subsegment } from '#platform/aws/xray-subsegments.ts';
import { lambdaDelivery } from '#platform/aws/lambda-delivery.ts';
import { type LambdaHandler, lambdaHandler } from '#platform/aws/lambda.ts';
import type { MetricName } from '#platform/aws/embedded-metrics.ts';
import { type EventWork, handleDelivery, type HandlingSettings } from '#platform/handle-delivery.ts';
import { queueName } from '#schema/deployment.ts';
import type { EventKind } from '#schema/events.ts';
import { type AwsWorld, openAwsWorld } from './aws-world.ts';
import { pipeline, type Step } from './pipeline.ts';

const patienceMs = 45_000;

/** A message is not begun any more when less time is left, or half of what there was: a statement alone may wait so long. */
const reserveMs = 50_000;

/** Lambda holds the messages: there is no heartbeat within 15 minutes. */
const handling: HandlingSettings = { visibilitySeconds: 3600, heartbeatSeconds: 3600, attempts: 8 };

/** Steps whose end is counted, by what it is then called. Analyses are counted where they are made, by the task. */
const counted: { readonly [K in EventKind]?: { readonly done?: MetricName; readonly failed?: MetricName } } = {
  'image.pushed': { done: 'imagesAdmitted' },
  'image.analyzed': { failed: 'imagesFailed' },
};

/**
 * The Lambda function of a step: takes batches of its queue and names those messages that are to come back. One that may be done later comes
 * back after a pause that grows; one that cannot be done has its reason written down and counts as done. A message that is no event of this
 * queue comes back at once until SQS buries it: the alarm on dead letters sees it, and it is kept for two weeks.
 */
export function takeMessages(
  kind: EventKind,
): LambdaHandler<{ readonly Records: readonly LambdaRecord[] }, BatchAnswer> {
  return lambdaHandler({
    open: async (log) => openAwsWorld({ log, patienceMs }),
    run(world, { Records }, context) {
      const left = () => context.getRemainingTimeInMillis();
      const options = { atOnce: pipeline[kind].concurrency, reserveMs: Math.min(reserveMs, left() / 2), left };
      return settleBatch(Records, options, (record) => take(world, kind, record));
    },
  });
}

async function take(world: AwsWorld, kind: EventKind, record: LambdaRecord): Promise<'done' | 'again'> {
  const queueUrl = world.settings.required('queueUrlPrefix') + queueName(kind);
  const delivery = lambdaDelivery(record, (seconds) =>
    world.putOff({ queueUrl, receiptHandle: record.receiptHandle }, seconds),
  );
  const begun = world.clock.now();
  const find = (found: EventKind) => (found === kind ? workOf(world, kind) : null);
  const never = new AbortController().signal;
  try {
    await handleDelivery(world, kind, delivery, find, handling, never);
  } catch (thrown) {
    const id = `${/sha256:[0-9a-f]{64}/.exec(record.body)?.[0] ?? record.messageId} ${kind}`;
    world.log.error('message not settled', { correlation_id: id, message: Fault.from(thrown).message });
    await delivery.release(2 ** Math.min(delivery.attempt, handling.attempts), '').catch(() => {});
  }
  world.count('stepSeconds', (world.clock.now() - begun) / 1000);
  return delivery.isDone() ? 'done' : 'again';
}

/** The step of a kind, its ends counted. The table ties each step to its own kind of event. */
function workOf(world: AwsWorld, kind: EventKind): EventWork {
  const step = pipeline[kind] as Step<EventKind>;
  const count = (name: MetricName | undefined) => void (name === undefined || world.count(name, 1));
  return {
    async run(event) {
      const next = await subsegment(kind, () => step.run(world, event));
      count(counted[kind]?.done);
      return next;
    },
    async failed(event, reason) {
      await step.failed(world, event, reason);
      count(counted[kind]?.failed);
    },
  };
}
