import type { SQSClient } from '@aws-sdk/client-sqs';
import { awsFault } from './aws-fault.ts';

/** A message that Lambda handed to a function. */
export interface HandedMessage {
  readonly queueUrl: string;
  readonly receiptHandle: string;
}

/**
 * Makes a message that the function will report as failed visible again after so many seconds (0 to 43,200). Without it Lambda
 * leaves it invisible for the rest of the queue's visibility timeout, six times what the function may take: hours.
 */
export async function putOff(
  client: SQSClient,
  { queueUrl, receiptHandle }: HandedMessage,
  seconds: number,
): Promise<void> {
  const { ChangeMessageVisibilityCommand } = await import('@aws-sdk/client-sqs');
  const input = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds };
  try {
    await client.send(new ChangeMessageVisibilityCommand(input));
  } catch (thrown) {
    throw awsFault(thrown, `Message of ${queueUrl.slice(queueUrl.lastIndexOf('/') + 1)}: putting it off`);
  }
}
