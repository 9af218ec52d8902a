import type { Log } from '#core/log.ts';
import type { Blobs } from './blobs.ts';
import type { Clock } from './clock.ts';
import type { Fetch } from './fetch.ts';
import type { Queues } from './queue.ts';
import type { Secrets } from './secrets.ts';
import type { Sql } from './sql.ts';

/** Everything a room may ask of the world. Rooms take the ports they need (`Pick<Platform, 'sql' | 'clock'>`), never an implementation. */
export interface Platform {
  readonly sql: Sql;
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly log: Log;
}
