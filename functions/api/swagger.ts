import { type SwaggerSchema, swaggerSchema } from '#schema/api/json-schema.ts';
import type { Shape } from '#schema/api/shape.ts';
import { errorAnswer, problemAnswer } from '#schema/api/system.ts';
import { apiVersion, operationId } from './operation-id.ts';
import type { Route } from './route.ts';

/** The Swagger 2.0 document of a route table. */
export function swaggerDocument(routes: readonly Route[]): object {
  const definitions: Record<string, SwaggerSchema> = {};
  const schemaOf: SchemaOf = (shape, direction) => {
    const found = swaggerSchema(shape, direction);
    Object.assign(definitions, found.definitions);
    return found.schema;
  };
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operation(route, schemaOf);
  }
  return {
    swagger: '2.0',
    info: {
      title: 'Plimsoll',
      version: apiVersion,
      description:
        'The v1 API. Every path stands under /v1 too. A request that is not of the form asked for is answered by a Problem, ' +
        'what goes wrong after is an ApiErrorResponse; a missing sign-in is the plain text Unauthorized.',
      license: { name: 'Apache-2.0' },
    },
    basePath: '/',
    schemes: ['http', 'https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      basicAuth: { type: 'basic' },
      bearerAuth: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        description: 'Bearer, and a token or an API key',
      },
    },
    security: [{ basicAuth: [] }, { bearerAuth: [] }],
    paths,
    definitions,
  };
}

type SchemaOf = (shape: Shape, direction: 'input' | 'output') => SwaggerSchema;

function operation(route: Route, schemaOf: SchemaOf): object {
  const given = [
    ...pathParameters(route),
    ...listed('query', route.query, schemaOf),
    ...listed('formData', route.form, schemaOf),
    ...bodyParameter(route, schemaOf),
    ...fileParameter(route),
  ];
  const account = { name: 'x-anchore-account', in: 'header', required: false, type: 'string' };
  const parameters = route.access === 'public' ? given : [...given, account];
  return {
    summary: route.summary,
    operationId: operationId(route),
    ...(route.access === 'public' ? { security: [] } : {}),
    ...(route.access === 'public' || route.access === 'user' ? {} : { 'x-anchore-authz-action': route.access }),
    ...(route.form === undefined ? {} : { consumes: ['application/x-www-form-urlencoded'] }),
    ...(route.file === undefined ? {} : { consumes: ['multipart/form-data'] }),
    ...(route.bytes === undefined || route.file !== undefined
      ? {}
      : { consumes: ['application/octet-stream', 'application/json'] }),
    ...(route.text === undefined ? {} : { produces: [route.text] }),
    ...(route.download === undefined ? {} : { produces: [route.download] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: responses(route, schemaOf),
  };
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, type: 'string' }));
}

function listed(place: 'query' | 'formData', shape: Shape | undefined, schemaOf: SchemaOf): object[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(shape, 'input') as {
    properties?: Readonly<Record<string, object>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...schema,
  }));
}

function bodyParameter({ body, bytes, file }: Route, schemaOf: SchemaOf): object[] {
  const raw = {
    name: 'body',
    in: 'body',
    required: true,
    schema: { type: 'string', format: 'binary', maxLength: bytes },
  };
  if (bytes !== undefined) return file === undefined ? [raw] : [];
  return body === undefined ? [] : [{ name: 'body', in: 'body', required: true, schema: schemaOf(body, 'input') }];
}

function fileParameter({ file }: Route): object[] {
  return file === undefined ? [] : [{ name: file, in: 'formData', required: true, type: 'file' }];
}

function responses(route: Route, schemaOf: SchemaOf): object {
  const error = (description: string) => ({ description, schema: schemaOf(errorAnswer, 'output') });
  const problem = { description: 'Not of the form asked for', schema: schemaOf(problemAnswer, 'output') };
  const ok =
    route.download !== undefined
      ? { description: 'A file', schema: { type: 'file' } }
      : route.answer === null
        ? { description: 'Done' }
        : { description: 'Done', schema: schemaOf(route.answer, 'output') };
  return {
    [route.status ?? 200]: ok,
    ...(route.query === undefined && route.body === undefined && route.form === undefined ? {} : { 400: problem }),
    ...(route.access === 'public' ? {} : { 401: { description: 'No or wrong credentials, in plain text' } }),
    ...(route.access === 'public' ? {} : { 403: error('The credentials do not allow this') }),
    ...(route.path.includes('{') ? { 404: error('There is nothing under this name') } : {}),
    default: error('Anything else that went wrong; the status equals httpcode'),
  };
}
