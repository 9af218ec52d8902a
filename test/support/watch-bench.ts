import { join } from 'node:path';
import { addAccount } from '#access/account-store.ts';
import type { Digest } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { admitPushed } from '#functions/admit-pushed.ts';
import { runWatches, type WatchSettings, type WatchWorld } from '#functions/run-watches.ts';
import { ensureSubscriptions } from '#notices/subscription-store.ts';
import { parseEvent } from '#platform/bus.ts';
import type { Blobs } from '#platform/blobs.ts';
import { fileSecrets } from '#platform/local/file-secrets.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { Queues } from '#platform/queue.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Sql } from '#platform/sql.ts';
import { registryAccess } from '#registry/logins/registry-access.ts';
import { removeImage } from '#catalog/remove-image.ts';
import type { Event, EventOf } from '#schema/events.ts';
import type { SubscriptionType } from '#schema/event-log.ts';
import { inRollback } from './database.ts';
import { image, layer } from './image-builder.ts';
import { type RegistryBehaviour, type RegistryServer, repositoryOf, startRegistry } from './registry-server.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { type TestClock, testClock } from './test-clock.ts';

/** An account `team` (and `other`) that watches a registry on the wire. */
export interface WatchBench {
  readonly sql: Sql;
  readonly clock: TestClock;
  readonly secrets: Secrets;
  readonly registry: RegistryServer;
  /** `127.0.0.1:PORT/team/app`. */
  readonly repository: string;
  /** What the registry has under which tag, to be changed. */
  readonly tags: Map<string, Digest>;
  /** Its content, to be added to. */
  readonly content: Map<Digest, Buffer>;
  readonly blobs: Blobs;
  readonly world: WatchWorld;
  /** Switches a subscription on. */
  watch(key: string, type?: SubscriptionType, account?: string, value?: string): Promise<void>;
  run(): Promise<readonly Event[]>;
  /** What was sent since this was last asked. */
  sent(): readonly Event[];
  /** Admits a push to `team`; what follows. */
  push(event: Omit<EventOf<'image.pushed'>, 'kind' | 'account'>): Promise<readonly Event[]>;
  /** Does what was sent since: pushes are admitted, deletions noted. */
  settle(): Promise<readonly Event[]>;
  /** Types, resources and details of what was told in an account, in order. */
  told(account?: string): Promise<readonly ToldEvent[]>;
}

export interface ToldEvent {
  readonly type: string;
  readonly resource: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Three images of one repository. */
export const built = ['one', 'two', 'three'].map((name) =>
  image({ layers: [layer([{ path: 'srv/name', content: name }])], tag: name }),
);

/** Everything is looked at every ten minutes. */
export const settings: WatchSettings = { everyMs: 600_000, telling: [] };

export async function withWatches(
  work: (bench: WatchBench) => Promise<void>,
  behaviour: RegistryBehaviour = {},
  watching: WatchSettings = settings,
): Promise<void> {
  await using folder = await temporaryFolder();
  const content = new Map(repositoryOf(built).blobs);
  const blobs = await openFolderBlobs(join(folder.path, 'blobs'), { alone: true });
  const tags = new Map<string, Digest>();
  await using registry = await startRegistry({ 'team/app': { tags, blobs: content } }, behaviour);
  const clock = testClock();
  const secrets = fileSecrets(join(folder.path, 'secrets'));
  await inRollback(async (sql) => {
    for (const name of ['team', 'other'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, clock.now());
    const registries = registryAccess(
      { sql, clock, secrets, fetch: systemFetch() },
      {
        limits: defaultLimits,
        temporaryFile: (name) => join(folder.path, name),
        findEcrLogin: async () => null,
        own: async () => null,
      },
    );
    const admitting = { sql, clock, log: silentLog, limits: defaultLimits, openRegistryImages: registries.openImages };
    const waiting: Event[] = [];
    const queues = (() => ({
      send: async (bodies: readonly string[]) => void waiting.push(...bodies.map(parseEvent)),
    })) as unknown as Queues;
    const world: WatchWorld = { sql, clock, queues, log: silentLog, registries, watching };
    const sent = () => waiting.splice(0);
    await work({
      ...{ sql, clock, secrets, registry, tags, content, blobs, world, sent, repository: `${registry.host}/team/app` },
      watch: (key, type = 'tag_update', account = 'team', value) =>
        ensureSubscriptions({ sql }, account, [{ key, type, active: true, value: value ?? null }], clock.now()),
      run: () => runWatches(world),
      push: (event) => admitPushed(admitting, { kind: 'image.pushed', account: 'team', ...event }),
      async settle() {
        const events = sent();
        for (const event of events) {
          if (event.kind === 'image.pushed') await admitPushed(admitting, event);
          if (event.kind === 'image.removed') await removeImage(world, event);
        }
        return events;
      },
      async told(account = 'team') {
        const rows = await sql.query<{ type: string; resource: string; details: string }>(
          `select type, resource_id as resource, details::text as details from event_log
           where account = :account::text order by event_no`,
          { account },
        );
        return rows.map(({ type, resource, details }) => ({ type, resource, details: JSON.parse(details) }));
      },
    });
  });
}
