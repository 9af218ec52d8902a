import assert from 'node:assert/strict';
import { type OperationTable, type Scene, stranger } from '../operation.ts';

interface Events {
  readonly results: readonly { readonly generated_uuid: string; readonly event: { readonly type: string } }[];
}

const first = async ({ ask }: Scene) => {
  const { results } = await ask<Events>('GET', '/events?limit=1');
  return { params: { eventId: results[0]?.generated_uuid ?? 'there-is-none' } };
};

export const eventOperations: OperationTable = {
  'GET /event_types': { good: {}, bad: stranger },
  'GET /events': {
    good: { query: '?event_type=user.image.*&level=info&page=1&limit=10' },
    bad: { query: '?limit=1001', status: 400 },
    holds: ({ json }) => assert.ok((json as Events).results.length > 0),
  },
  'GET /events/{eventId}': { good: first, bad: { params: { eventId: '0'.repeat(32) }, status: 404 } },
  'DELETE /events/{eventId}': { good: first, bad: { params: { eventId: '0'.repeat(32) }, status: 404 } },
  'DELETE /events': { good: { query: '?level=info' }, bad: { query: '?since=yesteryear', status: 400 } },
};
