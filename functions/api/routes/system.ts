import { version } from '#core/version.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import { feedsAnswer, versionAnswer } from '#schema/api/system.ts';
import { isoSeconds } from '../image-record.ts';
import type { Call, Route } from '../route.ts';

export const systemRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/health',
    summary: 'The service answers; asks nothing of the database',
    access: 'public',
    atRoot: true,
    answer: null,
    handle: async () => '',
  },
  {
    method: 'GET',
    path: '/version',
    summary: 'Versions of the service and of the database schema',
    access: 'public',
    atRoot: true,
    answer: versionAnswer,
    handle: async () => ({ service: { version }, api: {}, db: { schema_version: version } }),
  },
  {
    method: 'GET',
    path: '/system/feeds',
    summary: 'Feeds and groups with what is stored of them',
    access: 'user',
    answer: feedsAnswer,
    handle: listFeeds,
  },
];

/** All groups stand under the one feed that clients of the original wait for. */
async function listFeeds({ world }: Call) {
  const groups = await groupStatuses(world);
  const times = groups.flatMap((group) => (group.syncedAt === null ? [] : [group.syncedAt]));
  const last = times.length === 0 ? null : isoSeconds(Math.max(...times));
  return [
    {
      name: 'vulnerabilities',
      enabled: true,
      created_at: times.length === 0 ? null : isoSeconds(Math.min(...times)),
      updated_at: last,
      last_full_sync: last,
      groups: groups.map((group) => ({
        name: group.group,
        enabled: true,
        created_at: group.syncedAt === null ? null : isoSeconds(group.syncedAt),
        updated_at: group.syncedAt === null ? null : isoSeconds(group.syncedAt),
        last_sync: group.syncedAt === null ? null : isoSeconds(group.syncedAt),
        record_count: group.records,
      })),
    },
  ];
}
