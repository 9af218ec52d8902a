import { createHash } from 'node:crypto';
import type { SubscriptionType } from '#schema/event-log.ts';

/** What an account wants to hear of, or have watched. Times are milliseconds since the epoch. */
export interface Subscription {
  readonly id: string;
  readonly account: string;
  /** `registry/repository:tag`, or `registry/repository` for `repo_update`. */
  readonly key: string;
  readonly type: SubscriptionType;
  /** JSON text of its settings, as clients read and write it. */
  readonly value: string | null;
  readonly active: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The id of a subscription: clients of the original compute it too. */
export function subscriptionId(account: string, key: string, type: SubscriptionType): string {
  return createHash('md5').update(`${account}+${key}+${type}`).digest('hex');
}
