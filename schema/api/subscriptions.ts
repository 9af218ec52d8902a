import * as z from 'zod';
import { subscriptionTypes } from '../event-log.ts';

const text = z.string();
const epoch = z.number().int().describe('Seconds since the epoch');
const type = z.enum(subscriptionTypes);
const key = text
  .min(1)
  .max(1024)
  .describe('REGISTRY/REPOSITORY:TAG; of repo_update REGISTRY/REPOSITORY. As people write it');
const value = text.max(32_768).nullable().optional().describe('JSON text');

export const subscriptionsQuery = z.object({
  subscription_key: key.optional(),
  subscription_type: type.optional(),
});

export type SubscriptionsQuery = z.infer<typeof subscriptionsQuery>;

export const subscriptionRequest = z
  .object({
    subscription_key: key,
    subscription_type: type,
    subscription_value: value,
    active: z.boolean().default(false),
  })
  .meta({ id: 'SubscriptionRequest' });

export type SubscriptionRequest = z.infer<typeof subscriptionRequest>;

/** Clients send key and type too, which do not change. */
export const subscriptionUpdate = z
  .object({ subscription_value: value, active: z.boolean().nullable().optional() })
  .meta({ id: 'SubscriptionUpdate' });

export type SubscriptionUpdate = z.infer<typeof subscriptionUpdate>;

export const subscription = z
  .object({
    subscription_id: text,
    subscription_key: text,
    subscription_type: type,
    subscription_value: text.nullable(),
    active: z.boolean(),
    userId: text,
    created_at: epoch,
    last_updated: epoch,
  })
  .meta({ id: 'Subscription' });

export const subscriptions = z.array(subscription).meta({ id: 'SubscriptionList' });

/** What a deletion answers, also of what is not there. */
export const subscriptionRemoved = z.literal(true);
