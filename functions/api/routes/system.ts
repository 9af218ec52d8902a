import { schemaVersion, version } from '#core/version.ts';
import { apiVersion, openApiAnswer, swaggerAnswer, versionAnswer } from '#schema/api/system.ts';
import { type Route, route } from '../route.ts';

export const systemRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/',
    summary: 'The version of the API',
    access: 'public',
    answer: apiVersion,
    handle: async () => 'v1',
  }),
  route({
    method: 'GET',
    path: '/health',
    summary: 'The service answers; asks nothing of the database',
    access: 'public',
    answer: null,
    handle: async () => undefined,
  }),
  route({
    method: 'GET',
    path: '/version',
    summary: 'Versions of the service and of the database schema',
    access: 'public',
    answer: versionAnswer,
    handle: async () => ({ service: { version }, api: {}, db: { schema_version: String(schemaVersion) } }),
  }),
  route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'The API in OpenAPI 3.1',
    access: 'public',
    answer: openApiAnswer,
    handle: async () => (await import('#schema/api/openapi.json', { with: { type: 'json' } })).default,
  }),
  route({
    method: 'GET',
    path: '/swagger.json',
    summary: 'The API in Swagger 2.0; clients read its version',
    access: 'public',
    answer: swaggerAnswer,
    // Clients ask for it with every command: it is read, not made.
    handle: async () => (await import('#schema/api/swagger.json', { with: { type: 'json' } })).default,
  }),
];
