import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import type { Delivery, Queue, Queues } from '../queue.ts';
import { attempt, deleteMessage, type SqsQueue, unlessLost } from './sqs-call.ts';
import { bury, deadLetters, moveBack } from './sqs-dead-letters.ts';
import { inBatches } from './sqs-message.ts';

export interface SqsOptions {
  readonly client: SQSClient;
  /** URL of the queue of a name. */
  readonly urls: QueueUrls;
  /** URL of its dead letter queue. Without one, messages are buried by SQS alone, and `dead` and `redrive` are `state/not-found`. */
  readonly dead: QueueUrls;
  readonly clock: Clock;
  /** Seconds that `receive` waits for a message, 0 to 20; 20 when left out, which asks all servers and costs least. */
  readonly waitTimeSeconds?: number;
}

export type QueueUrls = Readonly<Record<string, string>> | ((name: string) => string | null);

/** Seconds of invisibility that SQS grants one delivery in all. */
const longestHold = 12 * 60 * 60;

/** Seconds that a message may be delayed when it is sent. */
const longestDelay = 900;

/** Milliseconds before entries that SQS failed are sent again. */
const resendPauses = [200, 800, 3_200] as const;

/**
 * Standard queues of SQS: at least once, without order. How often a message is delivered is the `maxReceiveCount` of the queue's redrive
 * policy. A message released for the last time is sent to the dead letter queue with its reason and then deleted; when that is not
 * allowed, or when receivers die without a word, SQS moves it there by itself at the next receive, without a reason.
 *
 * `send` checks all bodies before the first is sent; beyond that "all or none" holds as far as SQS goes: when a batch fails in the
 * middle it throws, some are on their way, and the caller sends all again. A delay is at most 900 s. What `depth` gives is approximate.
 * Groups are message groups, by which SQS tells who has too much in hand and serves others first.
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html)
 */
export function sqsQueues(options: SqsOptions): Queues {
  const known = new Map<string, Queue>();
  return (name) => {
    const queue = known.get(name) ?? sqsQueue(options, name);
    known.set(name, queue);
    return queue;
  };
}

function sqsQueue({ client, clock, urls, dead, waitTimeSeconds = 20 }: SqsOptions, name: string): Queue {
  const url = urlOf(urls, name);
  if (url === null)
    throw new Fault('state/not-found', `There is no queue ${name}; look at the settings of this process`);
  const queue: SqsQueue = {
    client,
    clock,
    name,
    url,
    dead: urlOf(dead, name),
    waitTimeSeconds,
    setUp: once(() => setUp(queue)),
  };
  return {
    name,
    async send(bodies, delaySeconds = 0, group = '') {
      if (delaySeconds > longestDelay)
        throw new Fault(
          'input/invalid',
          `Queue ${name}: a delay of ${delaySeconds} s was asked for, SQS has at most 900`,
        );
      const options = { DelaySeconds: Math.ceil(delaySeconds), ...(group === '' ? {} : { MessageGroupId: group }) };
      for (const batch of inBatches(name, bodies)) await sendBatch(queue, batch, options);
    },
    async receive(max, visibilitySeconds) {
      if (!Number.isInteger(max) || max < 1 || max > 10) {
        throw new Fault('input/invalid', `Queue ${name}: ${max} messages were asked for, 1 to 10 can be given at once`);
      }
      const hold = wholeSeconds(visibilitySeconds);
      const asked = clock.now();
      const answer = await attempt(queue, 'receiving', () =>
        client.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: max,
            VisibilityTimeout: hold,
            WaitTimeSeconds: waitTimeSeconds,
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          }),
        ),
      );
      const until = clock.now() + hold * 1000;
      return (answer.Messages ?? []).map((message) => delivery(queue, message, asked, until));
    },
    dead: () => deadLetters(queue),
    redrive: () => moveBack(queue),
    async depth() {
      const [live, buried] = await Promise.all([
        counts(queue, url),
        queue.dead === null ? null : counts(queue, queue.dead),
      ]);
      return {
        waiting: live.visible + live.delayed,
        inHand: live.inHand,
        dead: buried === null ? 0 : buried.visible + buried.delayed + buried.inHand,
      };
    },
  };
}

function urlOf(urls: QueueUrls, name: string): string | null {
  if (typeof urls === 'function') return urls(name);
  return Object.hasOwn(urls, name) ? (urls[name] ?? null) : null;
}

/** What the queue is, by its attributes. */
async function setUp(queue: SqsQueue) {
  const { Attributes = {} } = await attempt(queue, 'asking what it is', () =>
    queue.client.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['QueueArn', 'RedrivePolicy'] }),
    ),
  );
  // Some write the count as text: {"maxReceiveCount":"3"}.
  const policy = JSON.parse(Attributes['RedrivePolicy'] || '{}') as { maxReceiveCount?: number | string };
  const maxAttempts = Number(policy.maxReceiveCount ?? Number.NaN);
  return { arn: Attributes['QueueArn'] ?? '', maxAttempts: Number.isNaN(maxAttempts) ? null : maxAttempts };
}

/** The work done at the first call; again when it failed. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => {
    done ??= work().catch((thrown) => {
      done = null;
      throw thrown;
    });
    return done;
  };
}

/** Sends up to ten messages. Entries that SQS itself failed are sent again, a few times; others and the rest are a Fault. */
async function sendBatch(
  queue: SqsQueue,
  bodies: readonly string[],
  options: { readonly DelaySeconds: number; readonly MessageGroupId?: string },
): Promise<void> {
  let left = bodies.map((body, i) => ({ Id: String(i), MessageBody: body, ...options }));
  for (const pause of [...resendPauses, null]) {
    const entries = left;
    const answer = await attempt(queue, `sending ${entries.length} messages`, () =>
      queue.client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries: entries })),
    );
    const failed = answer.Failed ?? [];
    if (failed.length === 0) return;
    const [first = failed[0]!] = failed.filter((entry) => entry.SenderFault === true);
    const refused = first.SenderFault === true;
    if (refused || pause === null) {
      throw new Fault(
        refused ? 'input/invalid' : 'network/unreachable',
        `Queue ${queue.name}: ${failed.length} of ${bodies.length} messages were not taken (${first.Code}: ${first.Message}); send all again`,
      );
    }
    left = entries.filter((entry) => failed.some(({ Id }) => Id === entry.Id));
    await queue.clock.sleep(pause);
  }
}

/**
 * A message in hand. It knows when its time is over and then does nothing more: SQS does not promise that an old handle
 * leaves alone what was given to another. Work that was done too late is done again, which changes nothing.
 */
function delivery(queue: SqsQueue, message: Message, receivedAt: number, visibleAt: number): Delivery {
  const { client, clock } = queue;
  const handle = message.ReceiptHandle ?? '';
  const body = message.Body ?? '';
  const id = message.MessageId ?? '';
  const attempts = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  let until = visibleAt;
  const makeVisibleIn = async (seconds: number) => {
    const granted = longestHold - Math.ceil((clock.now() - receivedAt) / 1000);
    const timeout = Math.min(wholeSeconds(seconds), granted);
    if (timeout < 0 || clock.now() >= until) return;
    await unlessLost(queue, 'changing when a message is visible', () =>
      client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue.url, ReceiptHandle: handle, VisibilityTimeout: timeout }),
      ),
    );
    until = clock.now() + timeout * 1000;
  };
  return {
    id,
    body,
    attempt: attempts,
    async acknowledge() {
      if (clock.now() >= until) return;
      await deleteMessage(queue, handle);
      until = 0;
    },
    async release(delaySeconds, reason) {
      if (clock.now() >= until) return;
      const buried = await bury(queue, { id, body, attempts, handle, reason });
      if (!buried) await makeVisibleIn(delaySeconds);
      until = 0;
    },
    extend: makeVisibleIn,
  };
}

async function counts(queue: SqsQueue, url: string) {
  const { Attributes = {} } = await attempt(queue, 'counting messages', () =>
    queue.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    ),
  );
  return {
    visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    inHand: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
  };
}

function wholeSeconds(seconds: number): number {
  return Math.min(Math.max(0, Math.ceil(seconds)), longestHold);
}
