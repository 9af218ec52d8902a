/** A message in hand. Exactly one of the three ends it; when none is called it comes back once its visibility runs out. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Done: the message is gone. */
  acknowledge(): Promise<void>;
  /** Not done: visible again after `delaySeconds`, or dead when it has been delivered `maxAttempts` times. */
  release(delaySeconds: number, reason: string): Promise<void>;
  /** Still working: invisible for another `seconds` from now. */
  extend(seconds: number): Promise<void>;
}

export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly attempts: number;
  /** The reason of the last release, null when the receiver died without a word. */
  readonly reason: string | null;
}

/**
 * An at-least-once queue without order (SQS standard). Groups of messages are served fairly: what one has waiting does not hold back
 * another (the embedded queue takes turns, SQS notices after a while who has too much in hand). Bodies are JSON text of at most 256 KiB.
 */
export interface Queue {
  readonly name: string;
  /** Adds messages, all or none; they become visible after `delaySeconds` (0 when left out). `group`: whose they are, up to 128 characters. */
  send(bodies: readonly string[], delaySeconds?: number, group?: string): Promise<void>;
  /** Up to `max` (1 to 10) visible messages, each invisible to others for `visibilitySeconds`. Empty when there are none. */
  receive(max: number, visibilitySeconds: number): Promise<readonly Delivery[]>;
  /** Messages that were delivered too often, oldest first, at most 100. */
  dead(): Promise<readonly DeadLetter[]>;
  /** Puts dead messages back as new; their count. */
  redrive(): Promise<number>;
  /** Messages waiting, in hand and dead. */
  depth(): Promise<{ readonly waiting: number; readonly inHand: number; readonly dead: number }>;
}

/** The queue of a name; the same name is the same queue for every process on the platform. */
export type Queues = (name: string) => Queue;
