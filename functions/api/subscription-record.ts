import type { Subscription } from '#notices/subscription.ts';

/** A subscription as the v1 API shows it. */
export function subscriptionRecord(found: Subscription) {
  return {
    subscription_id: found.id,
    subscription_key: found.key,
    subscription_type: found.type,
    subscription_value: found.value,
    active: found.active,
    userId: found.account,
    created_at: Math.floor(found.createdAt / 1000),
    last_updated: Math.floor(found.updatedAt / 1000),
  };
}
