import { schemaVersion, version } from '#core/version.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import { apiVersion, feedsAnswer, swaggerAnswer, versionAnswer } from '#schema/api/system.ts';
import { isoSeconds } from '../image-record.ts';
import { type Call, type Route, route } from '../route.ts';
import { swaggerDocument } from '../swagger.ts';

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
    path: '/swagger.json',
    summary: 'This document',
    access: 'public',
    answer: swaggerAnswer,
    handle: async ({ routes }) => swaggerDocument(routes),
  }),
  route({
    method: 'GET',
    path: '/system/feeds',
    summary: 'Feeds and their groups that were ever asked for, with what is stored of them',
    access: 'user',
    answer: feedsAnswer,
    handle: listFeeds,
  }),
];

/** All groups stand under the one feed that clients of the original wait for. */
async function listFeeds({ world }: Call) {
  const groups = (await groupStatuses(world)).filter(({ state }) => state !== 'never');
  const times = groups.flatMap((group) => group.syncedAt ?? []);
  const last = times.length === 0 ? null : isoSeconds(Math.max(...times));
  return [
    {
      name: 'vulnerabilities',
      enabled: true,
      created_at: times.length === 0 ? null : isoSeconds(Math.min(...times)),
      updated_at: last,
      last_full_sync: last,
      groups: groups.map(groupRecord),
    },
  ];
}

/** Of a group that upstream does not have, the last sync is when upstream said so: a client that waits for all waits no longer. */
function groupRecord({ group, state, syncedAt, checkedAt, records }: GroupStatus) {
  const last = syncedAt ?? (state === 'absent' ? checkedAt : null);
  const synced = last === null ? null : isoSeconds(last);
  return {
    name: group,
    enabled: true,
    created_at: synced,
    updated_at: synced,
    last_sync: synced,
    record_count: records,
  };
}
