import { type OpenApiSchema, openApiSchema } from '#schema/api/json-schema.ts';
import type { Shape } from '#schema/api/shape.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { apiVersion, operationId } from './operation-id.ts';
import type { Route } from './route.ts';

/** The OpenAPI 3.1 document of a route table (https://spec.openapis.org/oas/v3.1.1.html). */
export function openApiDocument(routes: readonly Route[]): object {
  const schemas: Record<string, OpenApiSchema> = {};
  const schemaOf: SchemaOf = (shape, direction) => {
    const { schema, components } = openApiSchema(shape, direction);
    Object.assign(schemas, components);
    return schema;
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operation(route, schemaOf);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll',
      version: apiVersion,
      description:
        'The v1 API. Every path stands under /v1 and without it. A request that is not of the form asked for is answered by a Problem, ' +
        'what goes wrong after is an ApiErrorResponse; a missing sign-in is the plain text Unauthorized.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/v1' }, { url: '/' }],
    security: [{ basicAuth: [] }, { bearerAuth: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        basicAuth: { type: 'http', scheme: 'basic' },
        bearerAuth: { type: 'http', scheme: 'bearer', description: 'A token of /oauth/token, or an API key' },
      },
    },
  };
}

type SchemaOf = (shape: Shape, direction: 'input' | 'output') => OpenApiSchema;

function operation(route: Route, schemaOf: SchemaOf): object {
  const account = { name: 'x-anchore-account', in: 'header', required: false, schema: { type: 'string' } };
  const parameters = [
    ...pathParameters(route),
    ...queryParameters(route, schemaOf),
    ...(route.access === 'public' ? [] : [account]),
  ];
  const tag = route.path.split('/')[1];
  return {
    summary: route.summary,
    operationId: operationId(route),
    tags: [tag === '' || tag === undefined ? 'root' : tag],
    ...(route.access === 'public' ? { security: [] } : {}),
    ...(route.access === 'public' || route.access === 'user' ? {} : { 'x-anchore-authz-action': route.access }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route, schemaOf),
    responses: responses(route, schemaOf),
  };
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
}

function queryParameters({ query }: Route, schemaOf: SchemaOf): object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Readonly<Record<string, OpenApiSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', required: required.includes(name) },
    ...(description === undefined ? {} : { description }),
    // Lists are separated by commas.
    ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
    schema,
  }));
}

function requestBody({ body, form, bytes, file }: Route, schemaOf: SchemaOf): object {
  if (bytes !== undefined) return { requestBody: { required: true, content: bytesContent(file) } };
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const shape = form ?? body;
  if (shape === undefined) return {};
  const content = { [type]: { schema: schemaOf(shape, 'input') } };
  return { requestBody: { required: form === undefined, content } };
}

/** Bytes as they are, or as a part of a form. */
function bytesContent(file: string | undefined): object {
  const plain = { 'application/octet-stream': {} };
  if (file === undefined) return plain;
  const schema = {
    type: 'object',
    required: [file],
    properties: { [file]: { contentMediaType: 'application/octet-stream' } },
  };
  return { 'multipart/form-data': { schema }, ...plain };
}

function responses(route: Route, schemaOf: SchemaOf): object {
  const sent = (description: string, type: string, shape: Shape) => ({
    ...{ description, content: { [type]: { schema: schemaOf(shape, 'output') } } },
  });
  const error = (description: string) => sent(description, 'application/json', errorAnswer);
  const open = route.access === 'public';
  const isRead = route.query !== undefined || route.body !== undefined || route.form !== undefined;
  return {
    [route.status ?? 200]:
      route.download !== undefined
        ? { description: 'A file', content: { [route.download]: {} } }
        : route.answer === null
          ? { description: 'Done' }
          : sent('Done', route.text ?? 'application/json', route.answer),
    ...(isRead ? { 400: sent('Not of the form asked for', 'application/problem+json', problemAnswer) } : {}),
    ...(open
      ? {}
      : { 401: { description: 'No or wrong credentials', content: { 'text/plain': { schema: { type: 'string' } } } } }),
    ...(open ? {} : { 403: error('The credentials do not allow this') }),
    ...(route.path.includes('{') ? { 404: error('There is nothing under this name') } : {}),
    default: error('Anything else that went wrong; the status equals httpcode'),
  };
}
