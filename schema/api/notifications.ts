import * as z from 'zod';
import { type ChannelType, channelSettings, noticeTypes } from '../channel-settings.ts';
import { subscriptionTypes } from '../event-log.ts';

const text = z.string();
const time = z.string().describe('ISO 8601, UTC, seconds, Z');
const type = z.enum(Object.keys(channelSettings) as [ChannelType, ...ChannelType[]]);
const name = text
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]+$/u, 'give one line');
const settings = z
  .record(text.max(100), z.unknown())
  .describe('Of its type; see the operator guide. What is secret of them is never shown');
const types = z
  .array(z.enum(noticeTypes))
  .min(1)
  .max(noticeTypes.length)
  .nullable()
  .optional()
  .describe('What it is sent; null: everything');
const levels = z
  .array(z.enum(['info', 'error']))
  .max(2)
  .optional()
  .describe('Of events that nobody has a subscription for, those of these levels; errors when left out');

export const channelRequest = z
  .object({ name, type, settings, notification_types: types, levels, enabled: z.boolean().optional() })
  .meta({ id: 'NotificationChannelRequest' });

export type ChannelRequest = z.infer<typeof channelRequest>;

/** Left out: as it is. Of settings those that are given change; null takes one away. */
export const channelUpdate = z
  .object({
    name: name.optional(),
    settings: settings.optional(),
    notification_types: types,
    levels,
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'NotificationChannelUpdate' });

export type ChannelUpdate = z.infer<typeof channelUpdate>;

export const notificationChannel = z
  .object({
    id: text,
    name: text,
    type,
    target: text.describe('Where it leads, without what is secret'),
    settings,
    notification_types: z.array(z.enum(noticeTypes)).nullable(),
    levels: z.array(z.enum(['info', 'error'])),
    enabled: z.boolean(),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'NotificationChannel' });

export const notificationChannels = z.array(notificationChannel).meta({ id: 'NotificationChannelList' });

export const addedChannel = notificationChannel
  .extend({
    signing_secret: text
      .nullable()
      .describe('By which a webhook’s requests are signed, when it was made just now: it is shown this once'),
  })
  .meta({ id: 'AddedNotificationChannel' });

/** What a deletion answers, also of what is not there. */
export const channelRemoved = z.literal(true);

export const testQuery = z.object({ notification_type: z.enum(subscriptionTypes).default('tag_update') });

export type TestQuery = z.infer<typeof testQuery>;

export const testAnswer = z
  .object({ delivered: z.boolean(), reason: text.nullable().describe('Why it was not; null when it was') })
  .meta({ id: 'NotificationTest' });

export const deliveriesQuery = z.object({
  state: z.enum(['pending', 'delivered', 'dead']).optional(),
  channel: text.max(100).optional().describe('The id of a channel'),
  before: z.coerce
    .number()
    .int()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('next of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export type DeliveriesQuery = z.infer<typeof deliveriesQuery>;

export const notificationDelivery = z
  .object({
    id: text,
    channel: text,
    notification_type: text,
    event_id: text,
    event_type: text,
    subscription_key: text.nullable(),
    state: z.enum(['pending', 'delivered', 'dead']).describe('dead: given up'),
    tries: z.number().int().describe('That failed'),
    next_try_at: time.nullable(),
    last_error: text.nullable(),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'NotificationDelivery' });

export const notificationDeliveries = z
  .object({ results: z.array(notificationDelivery), next: z.number().int().nullable().describe('Of the next page') })
  .meta({ id: 'NotificationDeliveries' });

export const webhookTestQuery = z.object({
  notification_type: z.enum(['policy_eval', 'tag_update', 'vuln_update', 'analysis_update']).default('tag_update'),
});

export type WebhookTestQuery = z.infer<typeof webhookTestQuery>;
