import { reconcileMark, setReconcileMark } from '#catalog/reconcile-mark-store.ts';
import { reconcileRegistry } from '#catalog/reconcile-registry.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { ImageRegistry } from '#platform/image-registry.ts';
import type { EventOf } from '#schema/events.ts';
import type { AwsWorld } from '../aws-world.ts';
import { ownRepositories } from './own-repositories.ts';

/** A registry of ECR in the region of this process. */
export interface EcrRegistry {
  /** Its name in references. */
  readonly registry: string;
  /** The account that is asked by the role that the settings name for it; null: ours, as ourselves. */
  readonly account: string | null;
}

/** Messages that are sent together. */
const sentAtOnce = 100;

/** Name of the mark that says where the next run goes on. */
const mark = 'ecr';

/**
 * Compares every repository of these registries, or those that the settings narrow it to, with the catalog and sends what was
 * pushed without an event. A registry that cannot be listed, or a repository that cannot be read, is a log line and is counted:
 * the others are compared all the same. `isOver` is asked before each repository. They are a ring: a run begins behind the last one that the
 * run before began, so that each has its turn however many there are, and one that ends the process stands in the way of none.
 */
export async function reconcile(
  world: AwsWorld,
  registries: readonly EcrRegistry[],
  isOver: () => boolean,
): Promise<void> {
  const all = (await Promise.all(registries.map((one) => repositoriesOf(world, one)))).flat();
  for (const { key, images, registry, repository } of ringFrom(all, await reconcileMark(world, mark))) {
    if (isOver()) return world.log.info('repositories left for the next run', { from: key, of: all.length });
    await setReconcileMark(world, mark, key);
    await orCounted(world, 'repository not reconciled', { registry, repository }, () =>
      reconcileOne({ ...world, images }, { account: world.settings.required('account'), registry, repository }),
    );
  }
}

interface Place {
  /** By which places are in order: one form for all registries. */
  readonly key: string;
  readonly images: ImageRegistry;
  readonly registry: string;
  readonly repository: string;
}

async function repositoriesOf(world: AwsWorld, { registry, account }: EcrRegistry): Promise<readonly Place[]> {
  const found: Place[] = [];
  await orCounted(world, 'registry not reconciled', { registry }, async () => {
    const images = await world.images(account ?? undefined);
    for await (const repository of ownRepositories(images, registry, world.settings.optional('repositories')))
      found.push({ key: `${registry}/${repository}`, images, registry, repository });
  });
  return found;
}

/** In order of keys, beginning behind the mark, each once. */
function ringFrom(places: readonly Place[], after: string | null): readonly Place[] {
  const sorted = places.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const first = sorted.findIndex(({ key }) => after !== null && key > after);
  return first < 1 ? sorted : [...sorted.slice(first), ...sorted.slice(0, first)];
}

async function orCounted(
  { log, count }: AwsWorld,
  fact: string,
  about: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    log.error(fact, { ...about, code, message });
    count('reconcileFailures', 1);
  }
}

async function reconcileOne(
  world: Parameters<typeof reconcileRegistry>[0] & Pick<AwsWorld, 'queues' | 'log'>,
  request: Parameters<typeof reconcileRegistry>[1],
): Promise<void> {
  const pushes = reconcileRegistry(world, request);
  let events: EventOf<'image.pushed'>[] = [];
  for (let next = await pushes.next(); ; next = await pushes.next()) {
    if (next.done !== true) events.push(next.value);
    if (next.done === true || events.length === sentAtOnce) {
      await sendEvents(world.queues, events);
      events = [];
    }
    if (next.done === true) return world.log.info('repository reconciled', { ...request, ...next.value });
  }
}
