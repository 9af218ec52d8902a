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

export const openApiAnswer = z.looseObject({
  openapi: text.regex(/^3\.1\.\d+$/),
  info: z.looseObject({ title: text, version: text }),
  paths: z.record(text, z.unknown()),
  components: z.record(text, z.unknown()),
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

/** How a service is. */
export const serviceDetail = z
  .object({
    available: z.boolean(),
    busy: z.boolean().describe('It has work in hand'),
    up: z.boolean(),
    message: text,
    version: text,
    db_version: text,
    detail: z.record(text, z.unknown()).describe('Numbers of all accounts, shown to administrators'),
  })
  .meta({ id: 'StatusResponse' });

const service = z
  .object({
    hostid: text,
    servicename: text,
    version: text.describe('Of the API'),
    base_url: text.describe('Empty on AWS, where services have no address of their own'),
    status: z.boolean(),
    status_message: text,
    service_detail: serviceDetail,
  })
  .meta({ id: 'Service' });

export const serviceList = z.array(service);

export const systemStatus = z.object({ service_states: serviceList }).meta({ id: 'SystemStatusResponse' });

export const errorCodeList = z.array(z.object({ name: text, description: text }).meta({ id: 'AnchoreErrorCode' }));

/** Whether something may still be used. */
const life = {
  state: z.enum(['active', 'deprecated', 'eol']),
  superceded_by: text.nullable(),
};

const parameterSpec = z
  .object({
    ...{ name: text, description: text, example: text.nullable(), ...life, required: z.boolean() },
    validator: z.record(text, z.unknown()).describe('JSON Schema of its text'),
  })
  .meta({ id: 'TriggerParamSpec' });

const triggerSpec = z
  .object({ name: text, description: text, ...life, parameters: z.array(parameterSpec) })
  .meta({ id: 'TriggerSpec' });

export const gateSpecs = z.array(
  z.object({ name: text, description: text, ...life, triggers: z.array(triggerSpec) }).meta({ id: 'GateSpec' }),
);

export const metricsText = text.describe('Text format of Prometheus, version 0.0.4');

/** What POST /hooks/eventbridge answers. */
export const hookAnswer = z.object({ outcome: z.enum(['queued', 'ignored']), reason: text.nullable() });
