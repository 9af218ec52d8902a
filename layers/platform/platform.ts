import type { Log } from '#core/log.ts';
import type { Blobs } from './blobs.ts';
import type { Clock } from './clock.ts';
import type { Fetch } from './fetch.ts';
import type { Queues } from './queue.ts';
import type { Secrets } from './secrets.ts';
import type { Sql } from './sql.ts';
import type { Staging } from './staging.ts';

/** Everything a room may ask of the world. Rooms take the ports they need (`Pick<Platform, 'sql' | 'clock'>`), never an implementation. */
export interface Platform {
  readonly sql: Sql;
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly log: Log;
  /** Null where parameters of statements are as cheap, or nothing is set up for it. */
  readonly staging: Staging | null;
}
