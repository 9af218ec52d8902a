import { eventRecord } from './logged-event.ts';
import { retryRule } from './retry-rule.ts';
import type { Notice } from './notice.ts';

/**
 * A notice as webhooks of the original get it (its external API, definition NotificationBase): receivers made for it go on working. `queueId`
 * is the same when a notice comes again, `notificationId` is the event's.
 */
export function envelope(notice: Notice): Readonly<Record<string, unknown>> {
  const { id, account, email, type, tries, createdAt, now, event } = notice;
  return {
    ...{ queueId: id, userId: account, dataId: event.id },
    ...{ created_at: seconds(createdAt), last_updated: seconds(now) },
    ...{ record_state_key: 'active', record_state_val: null, tries, max_tries: retryRule.mostTries },
    data: {
      ...{ notification_user: account, notification_user_email: email ?? '', notification_type: type },
      notification_payload: type === 'event_log' ? eventPayload(notice) : subscriptionPayload(notice),
    },
  };
}

function subscriptionPayload({ account, type, event }: Notice) {
  return {
    ...event.details,
    ...{ userId: account, subscription_key: event.subscriptionKey, subscription_type: type, notificationId: event.id },
  };
}

function eventPayload({ account, event }: Notice) {
  return { userId: account, notificationId: event.id, ...eventRecord(event) };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
