import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApiDocument } from '#functions/api/openapi.ts';
import { allRoutes } from '#functions/api/route-file.ts';
import { routes as files } from '#functions/api/routes.ts';
import { openApiSchema } from '#schema/api/json-schema.ts';
import { openApiAnswer } from '#schema/api/system.ts';
import { apiServer } from '#test/support/api-server.ts';
import { fits } from '#test/support/fits.ts';

const root = join(import.meta.dirname, '../../..');
const routes = await allRoutes(files);

interface Media {
  /** Left out of bytes that are no text. */
  readonly schema?: Schema;
}

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, Media> }>
  >;
  readonly security?: readonly unknown[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: object };
}

const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as Document;

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('the committed OpenAPI document is the one of the route table, and the one that is served', async () => {
  const write =
    'node functions/api/write-openapi.ts > schema/api/openapi.json && npx biome format --write schema/api/openapi.json';
  const committed = JSON.parse(readFileSync(join(root, 'schema/api/openapi.json'), 'utf8'));
  assert.deepEqual(committed, document, `schema/api/openapi.json is not up to date; write it again: ${write}`);
  const { ask } = await apiServer();
  assert.deepEqual(fits(openApiAnswer, (await ask('GET', '/openapi.json', { sender: null })).json), committed);
});

test('every route is an operation with its parameters, as OpenAPI 3.1 wants them', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.equal(operations.length, routes.length);
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, method, operation } of operations) {
    const place = `${method} ${path}`;
    assert.ok(['get', 'post', 'put', 'delete'].includes(method), place);
    assert.ok(path.startsWith('/'), place);
    const { parameters = [], requestBody, responses, tags } = operation;
    const named = parameters.map((one) => `${one.in} ${one.name}`);
    assert.equal(new Set(named).size, named.length, place);
    assert.deepEqual(
      parameters.filter((one) => one.in === 'path').map(({ name, required }) => [name, required]),
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]),
      place,
    );
    for (const one of parameters) assert.ok(['path', 'query', 'header'].includes(one.in) && one.schema, place);
    assert.ok(requestBody === undefined || Object.keys(requestBody.content).length > 0, place);
    assert.ok(method !== 'get' || requestBody === undefined, place);
    assert.equal(tags.length, 1, place);
    assert.ok(
      Object.keys(responses).some((status) => /^2\d\d$/.test(status)),
      place,
    );
    for (const [status, { description }] of Object.entries(responses)) {
      assert.match(status, /^([1-5]\d\d|default)$/, place);
      assert.equal(typeof description, 'string', place);
    }
    for (const scheme of (operation.security ?? []).flatMap((one) => Object.keys(one as object)))
      assert.ok(Object.hasOwn(document.components.securitySchemes, scheme), scheme);
  }
});

test('a name of a schema means one thing, wherever it is used', () => {
  const known = new Map<string, unknown>();
  for (const { method, path, query, body, form, answer } of routes)
    for (const [shape, direction] of [
      [query, 'input'],
      [body, 'input'],
      [form, 'input'],
      [answer, 'output'],
    ] as const) {
      const { components } = shape == null ? { components: {} } : openApiSchema(shape, direction);
      for (const [name, schema] of Object.entries(components)) {
        assert.deepEqual(schema, known.get(name) ?? schema, `${method} ${path}: ${name}`);
        known.set(name, schema);
      }
    }
  assert.ok(known.size > 20);
});

/** Keywords of JSON Schema 2020-12 that shapes are expressed by, and what their values are. */
const keywords: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: (value) => typeof value === 'string' && Object.hasOwn(document.components.schemas, value.split('/')[3] ?? ''),
  type: (value) => [value].flat().every((one) => types.includes(one as string)),
  properties: (value) => isObject(value) && Object.values(value).every(isSchema),
  patternProperties: (value) => isObject(value) && Object.values(value).every(isSchema),
  required: isTexts,
  additionalProperties: isSchema,
  propertyNames: isSchema,
  items: isSchema,
  prefixItems: isSchemas,
  anyOf: isSchemas,
  oneOf: isSchemas,
  allOf: isSchemas,
  enum: (value) => Array.isArray(value) && value.length > 0,
  const: () => true,
  default: () => true,
  description: isText,
  title: isText,
  format: isText,
  contentEncoding: isText,
  contentMediaType: isText,
  pattern: (value) => isText(value) && new RegExp(value as string, 'u') instanceof RegExp,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  minimum: (value) => typeof value === 'number',
  maximum: (value) => typeof value === 'number',
  exclusiveMinimum: (value) => typeof value === 'number',
  exclusiveMaximum: (value) => typeof value === 'number',
  multipleOf: (value) => typeof value === 'number' && value > 0,
};

const types = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

function isSchema(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  if (!isObject(value)) return false;
  for (const [word, inner] of Object.entries(value)) {
    assert.ok(keywords[word], `${word} is no keyword that is known: ${JSON.stringify(value).slice(0, 200)}`);
    assert.ok(keywords[word](inner), `${word}: ${JSON.stringify(inner).slice(0, 200)}`);
  }
  return true;
}

function isSchemas(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isSchema);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText) && new Set(value).size === value.length;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

test('every schema is of JSON Schema 2020-12, and references lead somewhere', () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    assert.match(name, /^[a-zA-Z0-9._-]+$/);
    assert.ok(isSchema(schema), name);
  }
  for (const { path, operation } of operations) {
    for (const { schema } of operation.parameters ?? []) assert.ok(isSchema(schema), path);
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const { schema } of bodies.flatMap((body) => Object.values(body?.content ?? {})))
      assert.ok(schema === undefined || isSchema(schema), path);
  }
});
