import { z } from 'zod';

const text = z.string();
const time = z.string().nullable();

export const versionAnswer = z.object({
  service: z.object({ version: text }),
  api: z.object({}),
  db: z.object({ schema_version: text }),
});

export const feedsAnswer = z.array(
  z.object({
    name: text,
    enabled: z.boolean(),
    created_at: time,
    updated_at: time,
    last_full_sync: time,
    groups: z.array(
      z.object({
        name: text,
        enabled: z.boolean(),
        created_at: time,
        updated_at: time,
        last_sync: time,
        record_count: z.number(),
      }),
    ),
  }),
);

/** The error body of the v1 API; the HTTP status equals `httpcode`. */
export const errorAnswer = z.object({
  message: text,
  httpcode: z.number(),
  detail: z.looseObject({ error_codes: z.array(text) }),
});

/** What POST /hooks/eventbridge answers. */
export const hookAnswer = z.object({ outcome: z.enum(['queued', 'ignored']), reason: text.nullable() });
