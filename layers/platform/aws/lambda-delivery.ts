import type { Delivery } from '../queue.ts';
import type { LambdaRecord } from './lambda-batch.ts';

/** A record of a batch as a delivery, and what became of it. */
export interface LambdaDelivery extends Delivery {
  /** Whether Lambda may delete the message. */
  isDone(): boolean;
}

/**
 * Acknowledging is what the answer to Lambda says; giving back is that and a change of visibility (putOff), without which the
 * message would be away for hours. A message stays invisible for six times what the function may take, so nothing extends it.
 */
export function lambdaDelivery(record: LambdaRecord, putOff: (seconds: number) => Promise<void>): LambdaDelivery {
  let done = false;
  return {
    id: record.messageId,
    body: record.body,
    attempt: Number(record.attributes.ApproximateReceiveCount) || 1,
    async acknowledge() {
      done = true;
    },
    release: (delaySeconds) => putOff(Math.min(Math.ceil(delaySeconds), longest)),
    extend: async () => {},
    isDone: () => done,
  };
}

/** Seconds. */
const longest = 43_200;
