import { DeleteMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import { awsErrorName, awsFault } from './aws-fault.ts';

/** A queue and what it was set up with. */
export interface SqsQueue {
  readonly client: SQSClient;
  readonly clock: Clock;
  readonly name: string;
  readonly url: string;
  readonly dead: string | null;
  readonly waitTimeSeconds: number;
  /** Asked once: ARN, and how often a message is delivered before it is dead, null when it never is. */
  setUp(): Promise<{ readonly arn: string; readonly maxAttempts: number | null }>;
}

/** Runs a call to SQS; what it throws is a Fault that names the queue. */
export async function attempt<T>(queue: SqsQueue, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw awsFault(thrown, `Queue ${queue.name}: ${what}`);
  }
}

/** Deletes the message of a handle, or one that is gone already. */
export async function deleteMessage(queue: SqsQueue, handle: string): Promise<void> {
  await unlessLost(queue, 'deleting a message', () =>
    queue.client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: handle })),
  );
}

/** Runs a call about a message in hand; that it is not in hand any more, or gone, is no error. */
export async function unlessLost(queue: SqsQueue, what: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (thrown) {
    const name = awsErrorName(thrown);
    const text = thrown instanceof Error ? thrown.message : '';
    const lost =
      /^(AWS\.SimpleQueueService\.)?(MessageNotInflight|ReceiptHandleIsInvalid)$/.test(name) ||
      (name === 'InvalidParameterValue' && /ReceiptHandle|Total VisibilityTimeout/.test(text));
    if (!lost) throw awsFault(thrown, `Queue ${queue.name}: ${what}`);
  }
}
