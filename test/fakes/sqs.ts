import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { AwsError, type AwsJsonServer, awsJsonServer, type JsonObject, numberIn, requiredText } from './aws-json.ts';
import {
  add,
  changeVisibility,
  expire,
  type FakeMessage,
  type FakeQueue,
  isInHand,
  newMessage,
  redriveOf,
  remove,
  type SqsMishaps,
  take,
  waitForMessage,
} from './sqs-state.ts';

export interface FakeSqs extends AwsJsonServer {
  readonly mishaps: SqsMishaps;
}

/** Bytes of a message with its attributes, and of all messages of a batch. */
const largestMessage = 1_048_576;

/**
 * Amazon SQS standard queues on loopback, going by the clock: visibility, receive counts, dead letters, retention, long poll,
 * limits, and refusals of what SQS refuses. Messages come in the order they were sent; nobody may rely on it.
 */
export async function fakeSqs(clock: Clock): Promise<FakeSqs> {
  const queues = new Map<string, FakeQueue>();
  const moves: { handle: string; source: string; destination: string | null; moved: number; failed: string | null }[] =
    [];
  const mishaps: SqsMishaps = {
    duplicates: 0,
    forgottenDeletes: 0,
    late: [],
    entries: [],
    damaged: 0,
    slowMoves: 0,
  };
  const server = await awsJsonServer({
    target: 'AmazonSQS',
    version: '1.0',
    operations: {
      CreateQueue(input) {
        const name = requiredText(input, 'QueueName');
        if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
          throw new AwsError('InvalidParameterValue', 'The name of a queue can only have 1 to 80 of A-Za-z0-9_-');
        const attributes = (input['Attributes'] ?? {}) as Record<string, string>;
        if (!queues.has(name)) {
          const arn = `arn:aws:sqs:eu-central-1:000000000000:${name}`;
          queues.set(name, { name, arn, attributes: { ...attributes }, messages: [], waiting: new Set() });
        }
        return { QueueUrl: urlOf(name) };
      },
      GetQueueUrl: (input) => ({ QueueUrl: urlOf(queueOf(`/${requiredText(input, 'QueueName')}`).name) }),
      GetQueueAttributes(input) {
        const queue = queueIn(input);
        const all = attributesOf(queue);
        const asked = (input['AttributeNames'] ?? []) as readonly string[];
        return {
          Attributes: Object.fromEntries(
            Object.entries(all).filter(([name]) => asked.includes('All') || asked.includes(name)),
          ),
        };
      },
      SendMessage(input) {
        const queue = queueIn(input);
        if (sizeOf(input) > largestMessage) throw invalid('One or more parameters are invalid. Reason: too large.');
        return send(queue, input);
      },
      SendMessageBatch(input) {
        const queue = queueIn(input);
        const entries = entriesOf(input);
        if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > largestMessage) {
          throw new AwsError(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${largestMessage} bytes.`,
            400,
            'AWS.SimpleQueueService.BatchRequestTooLong',
          );
        }
        return eachEntry(entries, (entry) => send(queue, entry));
      },
      async ReceiveMessage(input, signal) {
        const queue = queueIn(input);
        const max = numberIn(input, 'MaxNumberOfMessages', { from: 1, to: 10, otherwise: 1 });
        const wait = numberIn(input, 'WaitTimeSeconds', { from: 0, to: 20, otherwise: 0 });
        const configured = Number(queue.attributes['VisibilityTimeout'] ?? 30);
        const visibility = numberIn(input, 'VisibilityTimeout', { from: 0, to: 43_200, otherwise: configured });
        const until = clock.now() + wait * 1000;
        for (;;) {
          const taken = take(queue, deadLettersOf(queue), clock.now(), max, visibility, mishaps);
          if (taken.length > 0) return { Messages: taken.map((message) => received(message, input)) };
          if (clock.now() >= until || signal.aborted) return {};
          await waitForMessage(queue, clock, until, signal);
          if (signal.aborted) return {};
        }
      },
      DeleteMessage: (input) => remove(queueIn(input), requiredText(input, 'ReceiptHandle'), mishaps),
      DeleteMessageBatch(input) {
        const queue = queueIn(input);
        return eachEntry(entriesOf(input), (entry) => {
          remove(queue, requiredText(entry, 'ReceiptHandle'), mishaps);
          return {};
        });
      },
      ChangeMessageVisibility: (input) => change(queueIn(input), input),
      ChangeMessageVisibilityBatch(input) {
        const queue = queueIn(input);
        return eachEntry(entriesOf(input), (entry) => {
          change(queue, entry);
          return {};
        });
      },
      StartMessageMoveTask(input) {
        const source = byArn(requiredText(input, 'SourceArn'));
        const sources = [...queues.values()].filter((queue) => redriveOf(queue)?.deadLetterTargetArn === source.arn);
        if (sources.length === 0) throw invalid('Source queue must be configured as a Dead Letter Queue.');
        if (mishaps.slowMoves > 0 && moves.some((move) => move.source === source.arn)) {
          throw new AwsError('UnsupportedOperation', 'There is already a task running.');
        }
        const destination = (input['DestinationArn'] ?? null) as string | null;
        if (destination !== null) byArn(destination);
        const move = { handle: randomUUID(), source: source.arn, destination, moved: 0, failed: null as string | null };
        for (const message of [...source.messages]) {
          if (message.visibleAt > clock.now()) continue;
          const target = destination ?? message.source;
          if (target === null) {
            move.failed = 'CouldNotDetermineMessageSource';
            break;
          }
          source.messages.splice(source.messages.indexOf(message), 1);
          add(byArn(target), newMessage(message.body, message.attributes, clock.now(), 0));
          move.moved++;
        }
        moves.unshift(move);
        return { TaskHandle: move.handle };
      },
      ListMessageMoveTasks(input) {
        const source = byArn(requiredText(input, 'SourceArn'));
        const running = mishaps.slowMoves > 0;
        if (running) mishaps.slowMoves--;
        const max = numberIn(input, 'MaxResults', { from: 1, to: 10, otherwise: 1 });
        return {
          Results: moves
            .filter((move) => move.source === source.arn)
            .slice(0, max)
            .map((move) => ({
              Status: running ? 'RUNNING' : move.failed === null ? 'COMPLETED' : 'FAILED',
              ...(running ? { TaskHandle: move.handle } : {}),
              SourceArn: move.source,
              ...(move.destination === null ? {} : { DestinationArn: move.destination }),
              ApproximateNumberOfMessagesMoved: running ? 0 : move.moved,
              ...(move.failed === null ? {} : { FailureReason: move.failed }),
            })),
        };
      },
    },
  });
  return { ...server, mishaps };

  function urlOf(name: string): string {
    return `${server.endpoint}/000000000000/${name}`;
  }

  function queueOf(url: string): FakeQueue {
    const queue = queues.get(url.slice(url.lastIndexOf('/') + 1));
    if (queue !== undefined) return queue;
    throw new AwsError(
      'QueueDoesNotExist',
      'The specified queue does not exist.',
      400,
      'AWS.SimpleQueueService.NonExistentQueue',
    );
  }

  function queueIn(input: JsonObject): FakeQueue {
    return queueOf(requiredText(input, 'QueueUrl'));
  }

  function byArn(arn: string): FakeQueue {
    for (const queue of queues.values()) if (queue.arn === arn) return queue;
    throw new AwsError('ResourceNotFoundException', 'The resource that you specified does not exist.', 404);
  }

  function deadLettersOf(queue: FakeQueue): FakeQueue | null {
    const policy = redriveOf(queue);
    return policy === null ? null : byArn(policy.deadLetterTargetArn);
  }

  function attributesOf(queue: FakeQueue): Record<string, string> {
    const now = clock.now();
    expire(queue, now);
    const inHand = queue.messages.filter((message) => isInHand(message, now)).length;
    const delayed = queue.messages.filter((message) => message.delayed && message.visibleAt > now).length;
    return {
      QueueArn: queue.arn,
      ...queue.attributes,
      ApproximateNumberOfMessages: String(queue.messages.length - inHand - delayed),
      ApproximateNumberOfMessagesNotVisible: String(inHand),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
  }

  function send(queue: FakeQueue, input: JsonObject): JsonObject {
    const body = requiredText(input, 'MessageBody');
    // Characters of XML 1.0 only; a lone surrogate has become U+FFFD on the wire.
    if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(body)) {
      throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
    }
    if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    const delay = numberIn(input, 'DelaySeconds', { from: 0, to: 900, otherwise: 0 });
    const message = newMessage(body, (input['MessageAttributes'] ?? {}) as JsonObject, clock.now(), delay);
    const group = input['MessageGroupId'];
    if (group !== undefined && !(typeof group === 'string' && /^[\w!-/:-@[-`{-~]{1,128}$/.test(group)))
      throw new AwsError(
        'InvalidParameterValue',
        'MessageGroupId can only include alphanumeric and punctuation characters.',
      );
    message.group = group ?? null;
    const late = mishaps.late.shift();
    if (late !== undefined) message.visibleAt += late * 1000;
    add(queue, message);
    return { MessageId: message.id, MD5OfMessageBody: md5(body) };
  }

  function change(queue: FakeQueue, input: JsonObject): void {
    const seconds = numberIn(input, 'VisibilityTimeout', { from: 0, to: 43_200, otherwise: Number.NaN });
    changeVisibility(queue, requiredText(input, 'ReceiptHandle'), seconds, clock.now());
  }

  function received(message: FakeMessage, input: JsonObject): JsonObject {
    const system = ['MessageSystemAttributeNames', 'AttributeNames'].flatMap(
      (member) => (input[member] ?? []) as readonly string[],
    );
    const all: Record<string, string> = {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      ...(message.group === null ? {} : { MessageGroupId: message.group }),
      ...(message.source === null ? {} : { DeadLetterQueueSourceArn: message.source }),
    };
    const custom = (input['MessageAttributeNames'] ?? []) as readonly string[];
    const attributes = Object.entries(message.attributes).filter(
      ([name]) => custom.includes('All') || custom.includes(name),
    );
    const damaged = mishaps.damaged > 0;
    if (damaged) mishaps.damaged--;
    return {
      MessageId: message.id,
      ReceiptHandle: message.handles.at(-1),
      Body: damaged ? `${message.body} ` : message.body,
      MD5OfBody: md5(message.body),
      Attributes: Object.fromEntries(
        Object.entries(all).filter(([name]) => system.includes('All') || system.includes(name)),
      ),
      ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
    };
  }

  function eachEntry(entries: readonly JsonObject[], work: (entry: JsonObject) => JsonObject): JsonObject {
    const successful: JsonObject[] = [];
    const failed: JsonObject[] = [];
    for (const entry of entries) {
      const mishap = mishaps.entries.shift();
      try {
        if (mishap === 'receiver') throw new AwsError('InternalError', 'We encountered an internal error.', 500);
        if (mishap === 'sender') throw new AwsError('InvalidMessageContents', 'The message is not well.');
        successful.push({ Id: entry['Id'], ...work(entry) });
      } catch (thrown) {
        if (!(thrown instanceof AwsError)) throw thrown;
        const { name, message, status } = thrown;
        failed.push({ Id: entry['Id'], Code: name, Message: message, SenderFault: status < 500 });
      }
    }
    return { Successful: successful, Failed: failed };
  }
}

function entriesOf(input: JsonObject): readonly JsonObject[] {
  const entries = (input['Entries'] ?? []) as readonly JsonObject[];
  const refuse = (code: string, message: string) => {
    throw new AwsError(code, message, 400, `AWS.SimpleQueueService.${code}`);
  };
  if (entries.length === 0) refuse('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10) refuse('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  const ids = entries.map((entry) => requiredText(entry, 'Id'));
  if (new Set(ids).size < ids.length) refuse('BatchEntryIdsNotDistinct', 'Id of two entries is the same.');
  if (!ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id))) refuse('InvalidBatchEntryId', 'Id is of another form.');
  return entries;
}

/** Bytes of the body and of names, types and values of its attributes. */
function sizeOf(entry: JsonObject): number {
  let size = Buffer.byteLength(requiredText(entry, 'MessageBody'));
  for (const [name, value] of Object.entries((entry['MessageAttributes'] ?? {}) as Record<string, JsonObject>)) {
    size +=
      Buffer.byteLength(name) +
      Buffer.byteLength(String(value['DataType'])) +
      Buffer.byteLength(String(value['StringValue']));
  }
  return size;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
