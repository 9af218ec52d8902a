import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { announceFeeds } from '#functions/announce-feeds.ts';
import { openPgSql } from '#platform/local/pg-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { tableQueues } from '#platform/local/table-queue.ts';
import { changingFeed } from '#test/support/changing-feed.ts';

// killed-steps URL VERSION LATER: syncs a feed to a version and sends on the images that this touches, as the process of a server does;
// its clock is LATER ms ahead, so that the lease of one that was killed has run out. It tells when it begins.
const [url = '', version, later] = process.argv.slice(2) as [string, 'A' | 'B', string];
await using sql = openPgSql(url);
const clock = { ...systemClock, now: () => systemClock.now() + Number(later) };
const fetch = () => Promise.reject(new Error('this feed needs no network'));
const world = { sql, clock, fetch, log: silentLog, staging: null };
const { feed, group } = changingFeed(version, 'changes');
await sql.query('select 1 as ready');
process.send!('begins');
const outcome = await syncGroup({ ...world, temporaryFile: (name) => join(tmpdir(), name) }, feed, group);
if ('reason' in outcome) throw new Error(outcome.reason);
const failure = await announceFeeds({ ...world, topic: null, queues: tableQueues(sql, clock).queues });
if (failure !== null) throw failure;
process.disconnect();
