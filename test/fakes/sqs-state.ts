import { randomUUID } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { AwsError, type JsonObject } from './aws-json.ts';

export interface FakeMessage {
  id: string;
  readonly body: string;
  readonly attributes: JsonObject;
  sentAt: number;
  visibleAt: number;
  /** Whose it is: a standard queue serves groups fairly. Null for none. */
  group: string | null;
  /** Not yet visible for the first time. */
  delayed: boolean;
  receiveCount: number;
  receivedAt: number;
  /** Every handle that was ever given for it; the last one is the good one. */
  readonly handles: string[];
  /** ARN of the queue that it died in, when SQS moved it. */
  source: string | null;
}

export interface FakeQueue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Record<string, string>;
  messages: FakeMessage[];
  /** Those who wait for a message. */
  readonly waiting: Set<() => void>;
}

/** What can go wrong on demand; each counts down as it happens. */
export interface SqsMishaps {
  /** Messages that the next receives leave visible: two receivers get them. */
  duplicates: number;
  /** Deletions that are answered well and forgotten: the message comes back. */
  forgottenDeletes: number;
  /** Seconds by which the next messages come late. */
  readonly late: number[];
  /** Entries of the next batches that fail: 'sender' or 'receiver'. */
  readonly entries: ('sender' | 'receiver')[];
  /** Bodies that arrive damaged. */
  damaged: number;
  /** ListMessageMoveTasks says RUNNING as often. */
  slowMoves: number;
}

const second = 1000;

/** Longest time that one receive can keep a message, whatever is asked for. */
export const longestHold = 12 * 60 * 60 * second;

/** Messages in hand at once, of a standard queue. */
const mostInHand = 120_000;

export function newMessage(body: string, attributes: JsonObject, now: number, delaySeconds: number): FakeMessage {
  return {
    id: randomUUID(),
    body,
    attributes,
    group: null,
    sentAt: now,
    visibleAt: now + delaySeconds * second,
    delayed: delaySeconds > 0,
    receiveCount: 0,
    receivedAt: 0,
    handles: [],
    source: null,
  };
}

/** Drops what is older than the retention of the queue: counted from when it was first sent, wherever that was. */
export function expire(queue: FakeQueue, now: number): void {
  const retention = Number(queue.attributes['MessageRetentionPeriod'] ?? 345_600) * second;
  queue.messages = queue.messages.filter((message) => message.sentAt + retention > now);
}

export function add(queue: FakeQueue, ...messages: readonly FakeMessage[]): void {
  queue.messages.push(...messages);
  for (const wake of queue.waiting) wake();
}

/** Redrive policy of a queue, null when its messages never die. */
export function redriveOf(
  queue: FakeQueue,
): { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | null {
  const text = queue.attributes['RedrivePolicy'];
  return text === undefined || text === '' ? null : JSON.parse(text);
}

/** Takes visible messages; those delivered too often go to the dead letter queue on the way, as SQS does it: not before. */
export function take(
  queue: FakeQueue,
  deadLetters: FakeQueue | null,
  now: number,
  max: number,
  visibilitySeconds: number,
  mishaps: SqsMishaps,
): readonly FakeMessage[] {
  expire(queue, now);
  const policy = redriveOf(queue);
  const taken: FakeMessage[] = [];
  for (const message of [...queue.messages]) {
    if (taken.length === max) break;
    if (message.visibleAt > now) continue;
    if (policy !== null && deadLetters !== null && message.receiveCount >= policy.maxReceiveCount) {
      queue.messages.splice(queue.messages.indexOf(message), 1);
      add(deadLetters, { ...message, source: queue.arn, visibleAt: now, handles: [] });
      continue;
    }
    if (queue.messages.filter((one) => isInHand(one, now)).length >= mostInHand)
      throw new AwsError('OverLimit', 'Too many messages in flight', 403, 'OverLimit');
    message.receiveCount++;
    message.receivedAt = now;
    message.delayed = false;
    message.handles.push(`${queue.name}:${message.id}:${randomUUID()}`);
    if (mishaps.duplicates > 0) mishaps.duplicates--;
    else message.visibleAt = now + visibilitySeconds * second;
    taken.push(message);
  }
  return taken;
}

export function isInHand(message: FakeMessage, now: number): boolean {
  return message.visibleAt > now && !message.delayed;
}

/** Milliseconds until the next message becomes visible by itself; Infinity when there is none. */
export function untilVisible(queue: FakeQueue, now: number): number {
  return Math.min(Number.POSITIVE_INFINITY, ...queue.messages.map((message) => message.visibleAt - now));
}

/** Waits for a message to come or to become visible, for the time to end or for the caller to go. */
export async function waitForMessage(
  queue: FakeQueue,
  clock: Clock,
  until: number,
  signal: AbortSignal,
): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  queue.waiting.add(wake);
  signal.addEventListener('abort', wake, { once: true });
  const now = clock.now();
  await clock.sleep(Math.max(0, Math.min(until - now, untilVisible(queue, now))), woken.signal);
  queue.waiting.delete(wake);
  signal.removeEventListener('abort', wake);
}

/**
 * Deletes by any handle that was ever given for the message, also when it is with somebody else by now: SQS promises neither
 * that this works nor that it does not.
 */
export function remove(queue: FakeQueue, handle: string, mishaps: SqsMishaps): void {
  const message = byHandle(queue, handle);
  if (message === null) return;
  if (mishaps.forgottenDeletes > 0) mishaps.forgottenDeletes--;
  else queue.messages.splice(queue.messages.indexOf(message), 1);
}

/**
 * Changes when a message in hand becomes visible. Old handles work on while the message is in anybody's hand: SQS does not
 * promise that they do not, so a caller must know by itself that its time is over.
 */
export function changeVisibility(queue: FakeQueue, handle: string, seconds: number, now: number): void {
  const message = byHandle(queue, handle);
  if (message === null) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  }
  if (!isInHand(message, now)) {
    throw new AwsError(
      'MessageNotInflight',
      'The message is not in flight',
      400,
      'AWS.SimpleQueueService.MessageNotInflight',
    );
  }
  if (now + seconds * second > message.receivedAt + longestHold) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`,
    );
  }
  message.visibleAt = now + seconds * second;
  if (seconds === 0) for (const wake of queue.waiting) wake();
}

function byHandle(queue: FakeQueue, handle: string): FakeMessage | null {
  if (!/^[^:]+:[^:]+:[^:]+$/.test(handle) || !handle.startsWith(`${queue.name}:`)) {
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return queue.messages.find((message) => message.handles.includes(handle)) ?? null;
}
