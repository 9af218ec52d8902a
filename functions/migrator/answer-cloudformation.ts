import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Fault } from '#core/fault.ts';
import type { LambdaContext } from '#platform/aws/lambda.ts';
import type { Platform } from '#platform/platform.ts';
import { discard, send } from '#platform/send.ts';

type Outcome = { readonly Status: 'SUCCESS' | 'FAILED'; readonly Reason: string };

/** Milliseconds before the function ends in which the answer is sent whatever the work is at. */
const reserveMs = 15_000;

/**
 * Does the work that a custom resource of CloudFormation stands for, and always answers: without an answer a deployment hangs for an hour.
 * Deleting does nothing and succeeds. Throws only when the answer cannot be delivered: Lambda then calls again.
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html)
 */
export async function answerCloudFormation(
  world: Pick<Platform, 'fetch' | 'clock' | 'log'>,
  event: CloudFormationCustomResourceEvent,
  context: LambdaContext,
  work: () => Promise<void>,
): Promise<void> {
  const outcome = event.RequestType === 'Delete' ? done : await outcomeOf(world, context, work);
  world.log.info('custom resource', { request: event.RequestType, status: outcome.Status, reason: outcome.Reason });
  const reason = `${outcome.Reason} (log stream ${context.logStreamName ?? 'unknown'})`;
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    Status: outcome.Status,
    Reason: reason,
    // The same for good: another one would have CloudFormation delete the old resource.
    PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : LogicalResourceId,
    ...{ StackId, RequestId, LogicalResourceId },
  });
  const response = await send(world, event.ResponseURL, { method: 'PUT', body });
  await discard(response);
  if (!response.ok)
    throw new Fault('network/unreachable', `CloudFormation's bucket took no answer: status ${response.status}`);
}

const done: Outcome = { Status: 'SUCCESS', Reason: 'done' };

async function outcomeOf(
  { clock, log }: Pick<Platform, 'clock' | 'log'>,
  context: LambdaContext,
  work: () => Promise<void>,
): Promise<Outcome> {
  const ended = new AbortController();
  const late = async (): Promise<Outcome> => {
    await clock.sleep(context.getRemainingTimeInMillis() - reserveMs, ended.signal);
    return { Status: 'FAILED', Reason: 'not done in time; deploy again, it goes on with what is left' };
  };
  const worked = async (): Promise<Outcome> => {
    try {
      await work();
      return done;
    } catch (thrown) {
      const { code, message } = Fault.from(thrown);
      log.error('database not prepared', { code, message });
      // The whole answer may have 4,096 bytes.
      return { Status: 'FAILED', Reason: `${message.slice(0, 700)} (${code})` };
    }
  };
  try {
    return await Promise.race([worked(), late()]);
  } finally {
    ended.abort();
  }
}
