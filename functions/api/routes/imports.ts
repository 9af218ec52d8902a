import { importKinds } from '#analysis/imports/import-operation.ts';
import { importContent, importContents, importOperation, importOperations } from '#schema/api/imports.ts';
import { type Call, type Route, route } from '../route.ts';

/** Bytes of one part. Behind API Gateway a request ends at 10 MB. */
const partBytes = 100_000_000;

export const importRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/imports/images',
    summary: 'Operations by which images are told of instead of pulled, newest first',
    access: 'importImage',
    answer: importOperations,
    handle: async (call: Call) => (await import('../import-operations.ts')).listOperations(call),
  }),
  route({
    method: 'POST',
    path: '/imports/images',
    summary: 'Begin an operation; it is open for a day',
    access: 'importImage',
    answer: importOperation,
    handle: async (call: Call) => (await import('../import-operations.ts')).beginOperation(call),
  }),
  route({
    method: 'GET',
    path: '/imports/images/{operation_id}',
    summary: 'One operation',
    access: 'importImage',
    answer: importOperation,
    handle: async (call: Call) => (await import('../import-operations.ts')).showOperation(call),
  }),
  route({
    method: 'DELETE',
    path: '/imports/images/{operation_id}',
    summary: 'Give up an operation',
    access: 'importImage',
    answer: importOperation,
    handle: async (call: Call) => (await import('../import-operations.ts')).giveUpOperation(call),
  }),
  ...importKinds.flatMap((kind) => [
    route({
      method: 'GET',
      path: `/imports/images/{operation_id}/${kind}`,
      summary: `What was uploaded as ${kind}, by digest`,
      access: 'importImage',
      answer: importContents,
      handle: async (call: Call) => (await import('../import-operations.ts')).listParts(call, kind),
    }),
    route({
      method: 'POST',
      path: `/imports/images/{operation_id}/${kind}`,
      summary: `Upload ${kind}, whatever its media type; the answer names it by the digest of its bytes`,
      access: 'importImage',
      bytes: partBytes,
      answer: importContent,
      handle: async (call: Call<unknown, Uint8Array>) =>
        (await import('../import-operations.ts')).uploadPart(call, kind, call.body),
    }),
  ]),
];
