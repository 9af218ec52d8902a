import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { Fault } from '#core/fault.ts';
import type { DeadLetter } from '../queue.ts';
import { attempt, deleteMessage, type SqsQueue } from './sqs-call.ts';
import { attributeText } from './sqs-message.ts';

/** Message attributes of what was buried with a reason; SQS has none. */
const attributes = { id: 'plimsoll-id', attempts: 'plimsoll-attempts', reason: 'plimsoll-reason' } as const;

/** Seconds for which letters are kept from others while they are looked at. */
const lookingSeconds = 30;

const mostLetters = 100;

/** Milliseconds between questions whether messages are back, and how often it is asked. */
const moving = { pause: 500, questions: 20 } as const;

/**
 * Sends a message that was delivered for the last time to the dead letter queue, with the reason, and deletes it; false when
 * it has attempts left or this process may not do that, so that SQS does it without a reason. When deleting fails, SQS
 * buries it once more: `deadLetters` shows it once.
 */
export async function bury(
  queue: SqsQueue,
  message: {
    readonly id: string;
    readonly body: string;
    readonly attempts: number;
    readonly handle: string;
    readonly reason: string;
  },
): Promise<boolean> {
  const { client, dead } = queue;
  const reason = attributeText(message.reason);
  if (dead === null || reason === null) return false;
  try {
    const { maxAttempts } = await queue.setUp();
    if (maxAttempts === null || message.attempts < maxAttempts) return false;
    const text = (value: string, type = 'String') => ({ DataType: type, StringValue: value });
    await client.send(
      new SendMessageCommand({
        QueueUrl: dead,
        MessageBody: message.body,
        MessageAttributes: {
          [attributes.id]: text(message.id),
          [attributes.attempts]: text(String(message.attempts), 'Number'),
          [attributes.reason]: text(reason),
        },
      }),
    );
  } catch {
    // The role may be without the right to send to the dead letters, or the service without the will.
    return false;
  }
  await deleteMessage(queue, message.handle);
  return true;
}

/** Up to 100 dead letters, oldest first; they are taken out for looking and given back at once. */
export async function deadLetters(queue: SqsQueue): Promise<readonly DeadLetter[]> {
  const url = deadUrl(queue);
  const { maxAttempts } = await queue.setUp();
  const seen = new Map<string, { readonly letter: DeadLetter; readonly sentAt: number }>();
  const handles: string[] = [];
  try {
    while (handles.length < mostLetters) {
      const { Messages = [] } = await attempt(queue, 'looking at dead messages', () =>
        queue.client.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: lookingSeconds,
            // One second asks all servers; none at all only some of them.
            WaitTimeSeconds: Math.min(1, queue.waitTimeSeconds),
            MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
            MessageAttributeNames: Object.values(attributes),
          }),
        ),
      );
      if (Messages.length === 0) break;
      for (const message of Messages) {
        handles.push(message.ReceiptHandle ?? '');
        const letter = letterOf(message, maxAttempts);
        if (seen.has(letter.id) && letter.reason === null) continue;
        seen.set(letter.id, { letter, sentAt: Number(message.Attributes?.SentTimestamp ?? 0) });
      }
    }
  } finally {
    await giveBack(queue, url, handles);
  }
  return [...seen.values()]
    .sort((a, b) => a.sentAt - b.sentAt)
    .slice(0, mostLetters)
    .map(({ letter }) => letter);
}

/**
 * Has SQS move all dead messages back, as new ones, and counts them; a count so far when that takes longer than ten seconds.
 * The queue is named to SQS: it does not know where those were from that were buried with a reason. Throws `state/conflict` while they are
 * being moved already.
 */
export async function moveBack(queue: SqsQueue): Promise<number> {
  const [source, { arn: destination }] = await Promise.all([deadArn(queue, deadUrl(queue)), queue.setUp()]);
  try {
    await queue.client.send(new StartMessageMoveTaskCommand({ SourceArn: source, DestinationArn: destination }));
  } catch (thrown) {
    if (thrown instanceof Error && /already/i.test(thrown.message)) {
      throw new Fault(
        'state/conflict',
        `Queue ${queue.name}: its dead messages are being put back already; wait for that`,
        {
          cause: thrown,
        },
      );
    }
    await attempt(queue, 'putting back dead messages', () => Promise.reject(thrown));
  }
  let moved = 0;
  for (let question = 0; question < moving.questions; question++) {
    if (question > 0) await queue.clock.sleep(moving.pause);
    const { Results = [] } = await attempt(queue, 'counting what was put back', () =>
      queue.client.send(new ListMessageMoveTasksCommand({ SourceArn: source, MaxResults: 1 })),
    );
    const [task] = Results;
    moved = task?.ApproximateNumberOfMessagesMoved ?? moved;
    if (task?.Status === 'FAILED') {
      throw new Fault(
        'network/unreachable',
        `Queue ${queue.name}: SQS stopped putting back dead messages after ${moved} (${task.FailureReason}); try again`,
      );
    }
    if (task?.Status === 'COMPLETED' || task?.Status === 'CANCELLED') break;
  }
  return moved;
}

function deadUrl(queue: SqsQueue): string {
  if (queue.dead !== null) return queue.dead;
  throw new Fault(
    'state/not-found',
    `Queue ${queue.name} has no dead letter queue in the settings of this process; name it there`,
  );
}

async function deadArn(queue: SqsQueue, url: string): Promise<string> {
  const { Attributes } = await attempt(queue, 'asking for its dead letter queue', () =>
    queue.client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] })),
  );
  return Attributes?.['QueueArn'] ?? '';
}

/** What SQS buried was delivered as often as its queue allows; the count of the message goes up with every look. */
function letterOf(message: Message, maxAttempts: number | null): DeadLetter {
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue ?? null;
  const counted = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  return {
    id: attribute(attributes.id) ?? message.MessageId ?? '',
    body: message.Body ?? '',
    attempts: Number(attribute(attributes.attempts) ?? maxAttempts ?? counted),
    reason: attribute(attributes.reason),
  };
}

async function giveBack(queue: SqsQueue, url: string, handles: readonly string[]): Promise<void> {
  for (let from = 0; from < handles.length; from += 10) {
    const entries = handles
      .slice(from, from + 10)
      .map((handle, i) => ({ Id: String(i), ReceiptHandle: handle, VisibilityTimeout: 0 }));
    // Those that cannot be given back are visible again by themselves after a while.
    await queue.client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries }))
      .catch(() => {});
  }
}
