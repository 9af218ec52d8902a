import { imageCounts } from '#catalog/image-counts-store.ts';
import { imageStates, publicState } from '#catalog/lifecycle.ts';
import { schemaVersion, version } from '#core/version.ts';
import { storedGroups } from '#feeds/group-store.ts';
import { deliveryCounts } from '#notices/delivery-counts-store.ts';
import { queueDepths } from './queue-depths.ts';
import type { ApiWorld } from './route.ts';

/** A family of samples of one name. */
interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/**
 * What there is and what waits, in the text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Numbers are those of all accounts.
 */
export async function metrics(world: ApiWorld): Promise<string> {
  const families = [...about(), ...(await stored(world)), ...processFamilies(world)];
  return families.map(written).join('');
}

function about(): readonly Family[] {
  const labels = { version, schema: String(schemaVersion) };
  return [{ name: 'plimsoll_info', type: 'gauge', help: 'What runs here', samples: [{ labels, value: 1 }] }];
}

async function stored(world: ApiWorld): Promise<readonly Family[]> {
  const [images, queues, groups, deliveries] = await Promise.all([
    imageCounts(world),
    queueDepths(world),
    storedGroups(world.sql),
    deliveryCounts(world),
  ]);
  const states = Map.groupBy(imageStates, publicState);
  const now = world.clock.now();
  const fed = groups.map(({ feed, group, ...rest }) => ({ labels: { feed, group }, ...rest }));
  return [
    {
      ...{ name: 'plimsoll_images', type: 'gauge', help: 'Active images by state of their analysis' },
      samples: [...states].map(([state, inner]) => ({
        labels: { state },
        value: inner.reduce((sum, one) => sum + (images.get(one) ?? 0), 0),
      })),
    },
    {
      ...{ name: 'plimsoll_queue_messages', type: 'gauge', help: 'Messages by queue; dead ones could not be handled' },
      samples: queues.flatMap(({ queue, waiting, inHand, dead }) =>
        Object.entries({ waiting, in_hand: inHand, dead }).map(([state, value]) => ({
          labels: { queue, state },
          value,
        })),
      ),
    },
    {
      ...{ name: 'plimsoll_feed_group_age_seconds', type: 'gauge', help: 'Since upstream confirmed what is stored' },
      samples: fed.flatMap(({ labels, syncedAt }) =>
        syncedAt === null ? [] : [{ labels, value: (now - syncedAt) / 1000 }],
      ),
    },
    {
      ...{ name: 'plimsoll_feed_group_records', type: 'gauge', help: 'Records that are stored of a feed group' },
      samples: fed.map(({ labels, records: value }) => ({ labels, value })),
    },
    {
      ...{ name: 'plimsoll_feed_group_failed', type: 'gauge', help: '1 where the last sync of a feed group failed' },
      samples: fed.map(({ labels, state }) => ({ labels, value: state === 'failed' ? 1 : 0 })),
    },
    {
      ...{ name: 'plimsoll_deliveries', type: 'gauge', help: 'Notices that have not arrived; dead ones were given up' },
      samples: Object.entries(deliveries).map(([state, value]) => ({ labels: { state }, value })),
    },
  ];
}

/** By the names that Prometheus's own clients give them. */
function processFamilies({ place }: ApiWorld): readonly Family[] {
  const figures = place.process?.();
  if (figures === undefined) return [];
  const one = (name: string, type: Family['type'], help: string, value: number): Family => ({
    ...{ name, type, help },
    samples: [{ value }],
  });
  return [
    one('process_cpu_seconds_total', 'counter', 'Processor time of this process', figures.cpuSeconds),
    one('process_resident_memory_bytes', 'gauge', 'Memory of this process', figures.residentBytes),
    one('nodejs_heap_size_used_bytes', 'gauge', 'Memory of JavaScript on the main thread', figures.heapBytes),
    one('process_start_time_seconds', 'gauge', 'When this process started, since the epoch', figures.startedAt),
  ];
}

function written({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
