import * as z from 'zod';

const text = z.string();

export const versionAnswer = z
  .object({
    service: z.object({ version: text }),
    api: z.object({}),
    db: z.object({ schema_version: text.describe('Number of the last migration') }),
  })
  .meta({ id: 'ServiceVersion' });

/** What stands at the root of the API. */
export const apiVersion = z.literal('v1');

/** The description of the API itself; clients read `info.version`. */
export const swaggerAnswer = z.looseObject({
  swagger: z.literal('2.0'),
  info: z.looseObject({ title: text, version: text }),
  paths: z.record(text, z.unknown()),
  definitions: z.record(text, z.unknown()),
});

/** The error body of the v1 API; the HTTP status equals `httpcode`. */
export const errorAnswer = z
  .object({
    message: text,
    httpcode: z.number(),
    detail: z.looseObject({ error_codes: z.array(text) }),
  })
  .meta({ id: 'ApiErrorResponse' });

/** What is wrong with a request itself, before anything was tried: path, method, parameters, body (RFC 9457). */
export const problemAnswer = z
  .object({
    type: z.literal('about:blank'),
    title: text,
    status: z.number(),
    detail: text,
  })
  .meta({ id: 'Problem' });

/** What POST /hooks/eventbridge answers. */
export const hookAnswer = z.object({ outcome: z.enum(['queued', 'ignored']), reason: text.nullable() });
