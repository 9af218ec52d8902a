import * as z from 'zod';
import { flag } from './shape.ts';

const text = z.string();
const time = text.nullable();

export const syncFeedsQuery = z.object({
  flush: flag(false, 'Accepted for clients of the original: what is stored is compared record by record anyway'),
  sync: flag(true, 'False: nothing is asked for'),
});

export const switchFeedQuery = z.object({
  enabled: text
    .regex(/^(true|false)$/i, 'give true or false')
    .transform((given) => given.toLowerCase() === 'true')
    .meta({ type: 'boolean', description: 'False: it is not refreshed, what is stored of it stays' }),
});

export const feedGroup = z
  .object({
    name: text,
    enabled: z.boolean(),
    created_at: time,
    updated_at: time,
    last_sync: time,
    record_count: z.number(),
  })
  .meta({ id: 'FeedGroupMetadata' });

export const feed = z
  .object({
    name: text,
    enabled: z.boolean(),
    created_at: time,
    updated_at: time,
    last_full_sync: time,
    groups: z.array(feedGroup),
  })
  .meta({ id: 'FeedMetadata' });

export const feeds = z.array(feed);

const result = z.literal('success').describe('It was asked for');
const count = z.number().int().describe('0: it is not there yet');

export const feedSyncResults = z.array(
  z
    .object({
      feed: text,
      status: result,
      total_time_seconds: z.number(),
      groups: z.array(
        z
          .object({
            group: text,
            status: result,
            updated_image_count: count,
            updated_record_count: count,
            total_time_seconds: z.number(),
          })
          .meta({ id: 'GroupSyncResult' }),
      ),
    })
    .meta({ id: 'FeedSyncResult' }),
);
