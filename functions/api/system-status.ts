import { analysisProgress } from '#catalog/image-counts-store.ts';
import { schemaVersion, version } from '#core/version.ts';
import { storedGroups } from '#feeds/group-store.ts';
import { isoSeconds } from './image-record.ts';
import { queueDepths } from './queue-depths.ts';
import type { ApiWorld } from './route.ts';

/** The services of the original, by whose names clients wait for them. */
export const serviceNames = ['catalog', 'apiext', 'policy_engine', 'simplequeue', 'analyzer'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** How one service is. */
export interface ServiceDetail {
  readonly available: boolean;
  /** It has work in hand. */
  readonly busy: boolean;
  readonly up: boolean;
  readonly message: string;
  readonly version: string;
  readonly db_version: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ServiceState {
  readonly hostid: string;
  readonly servicename: ServiceName;
  readonly version: 'v1';
  readonly base_url: string;
  readonly status: boolean;
  readonly status_message: string;
  readonly service_detail: ServiceDetail;
}

/** What a service says of itself beside that it is there. */
type Told = Partial<Pick<ServiceDetail, 'busy' | 'message' | 'detail'>>;

/**
 * The services as they are now, each once. Here they are parts of one process, on AWS functions and tasks that start when there is work: none is ever
 * away by itself, and whoever gets this answer has reached the database. Numbers are those of all accounts, so `told` is for administrators.
 */
export async function systemStatus(
  world: ApiWorld,
  { told }: { readonly told: boolean },
): Promise<readonly ServiceState[]> {
  const says = told ? await whatTheySay(world) : {};
  return serviceNames.map((servicename) => ({
    ...{ hostid: world.place.host, servicename, version: 'v1', base_url: world.place.url() },
    ...{ status: true, status_message: 'available', service_detail: serviceDetail(says[servicename]) },
  }));
}

/** A service that works. */
export function serviceDetail({ busy = false, message = 'all good', detail = {} }: Told = {}): ServiceDetail {
  return { available: true, busy, up: true, message, version, db_version: String(schemaVersion), detail };
}

async function whatTheySay(world: ApiWorld): Promise<Partial<Record<ServiceName, Told>>> {
  const [queues, progress, groups] = await Promise.all([
    queueDepths(world),
    analysisProgress(world),
    storedGroups(world.sql),
  ]);
  const dead = queues.reduce((sum, queue) => sum + queue.dead, 0);
  const failed = groups.filter(({ state }) => state === 'failed').length;
  const time = (at: number | null) => (at === null ? null : isoSeconds(at));
  return {
    simplequeue: {
      busy: queues.some(({ inHand }) => inHand > 0),
      ...(dead === 0 ? {} : { message: `${dead} messages could not be handled and are kept` }),
      detail: Object.fromEntries(
        queues.map(({ queue, waiting, inHand, dead }) => [queue, { waiting, in_hand: inHand, dead }]),
      ),
    },
    analyzer: {
      busy: progress.inHand > 0,
      detail: {
        images_waiting: progress.waiting,
        images_in_hand: progress.inHand,
        waiting_since: time(progress.waitingSince),
        last_analyzed_at: time(progress.lastAnalyzedAt),
      },
    },
    policy_engine: {
      ...(failed === 0 ? {} : { message: `the last sync of ${failed} feed groups failed` }),
      detail: { feed_groups: groups.length, feed_groups_failed: failed },
    },
  };
}
