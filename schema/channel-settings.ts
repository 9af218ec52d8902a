import * as z from 'zod';
import { subscriptionTypes } from './event-log.ts';

/** Texts of one line: what goes into a header, or is shown in one. */
const line = z
  .string()
  .max(1024)
  .regex(/^[^\p{Cc}]*$/u, 'give one line');

/** An address on the web. What it needs to get in may stand in it, so it is kept as a secret. */
const url = z
  .string()
  .max(4096)
  .refine((text) => /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text), 'give an http or https address');

/** RFC 5321 without quoted names: what mail servers of the world take. */
const mailbox = z
  .string()
  .max(254)
  .regex(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'give name@example.com');

const verify = z.boolean().default(true);
const timeoutSeconds = z.number().int().min(1).max(30).default(10);

/** What each kind of channel is set up with. */
export const channelSettings = {
  webhook: z.strictObject({
    /** May hold `<userId>` and `<notification_type>`. */
    url,
    user: line.regex(/^[^:]*$/, 'give a user without a colon').optional(),
    password: line.optional(),
    /** Signs each request. */
    secret: z.string().min(16).max(200).optional(),
    verify,
    timeout_seconds: timeoutSeconds,
  }),
  slack: z.strictObject({ url, verify, timeout_seconds: timeoutSeconds }),
  teams: z.strictObject({ url, verify, timeout_seconds: timeoutSeconds }),
  email: z.strictObject({
    host: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'give the name of a mail server'),
    port: z.number().int().min(1).max(65_535).default(587),
    security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
    verify,
    user: line.optional(),
    password: line.optional(),
    from: mailbox,
    to: z.array(mailbox).min(1).max(50),
    timeout_seconds: z.number().int().min(1).max(60).default(20),
  }),
  sns: z.strictObject({
    topic: z.string().regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, 'give the ARN of a standard topic'),
  }),
} as const;

export type ChannelType = keyof typeof channelSettings;

export type ChannelSettings<T extends ChannelType> = z.infer<(typeof channelSettings)[T]>;

/** What a channel may be sent: notices of subscriptions by their type, and every other event as `event_log`. */
export const noticeTypes = [...subscriptionTypes, 'event_log'] as const;

export type NoticeType = (typeof noticeTypes)[number];

/** The value of a secret: the settings of a channel that nobody is shown. */
export const storedChannelSecret = z.record(z.string(), z.string());
