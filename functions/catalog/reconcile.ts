import { findGoneTags } from '#catalog/find-gone-tags.ts';
import { knownRepositories } from '#catalog/known-tags-store.ts';
import { reconcileMark, setReconcileMark } from '#catalog/reconcile-mark-store.ts';
import { reconcileRegistry } from '#catalog/reconcile-registry.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { ImageRegistry, RegistryImage } from '#platform/image-registry.ts';
import type { Event } from '#schema/events.ts';
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
 * pushed or deleted without an event. A registry that cannot be listed, or a repository that cannot be read, is a log line and is counted:
 * the others are compared all the same. `isOver` is asked before each repository. They are a ring: a run begins behind the last one that the
 * run before began, so that each has its turn however many there are, and one that ends the process stands in the way of none.
 */
export async function reconcile(
  world: AwsWorld,
  registries: readonly EcrRegistry[],
  isOver: () => boolean,
): Promise<void> {
  const all = (await Promise.all(registries.map((one) => repositoriesOf(world, one)))).flat();
  for (const place of ringFrom(all, await reconcileMark(world, mark))) {
    const { key, registry, repository } = place;
    if (isOver()) return world.log.info('repositories left for the next run', { from: key, of: all.length });
    await setReconcileMark(world, mark, key);
    await orCounted(world, 'repository not reconciled', { registry, repository }, () => reconcileOne(world, place));
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
    const known = await knownRepositories(world, world.settings.required('account'), registry);
    const all = { listRepositories: () => both(images.listRepositories(), known) };
    for await (const repository of ownRepositories(all, registry, world.settings.optional('repositories')))
      found.push({ key: `${registry}/${repository}`, images, registry, repository });
  });
  return found;
}

/** What a registry has, and what it had: a repository that was deleted is listed by nobody. */
async function* both(listed: AsyncIterable<string>, known: readonly string[]): AsyncGenerator<string> {
  yield* listed;
  yield* known;
}

/** In order of keys, beginning behind the mark, each once. */
function ringFrom(places: readonly Place[], after: string | null): readonly Place[] {
  const once = [...new Map(places.map((place) => [place.key, place])).values()];
  const sorted = once.sort((a, b) => (a.key < b.key ? -1 : 1));
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

/** What was pushed, then what is gone. A repository that ECR does not have is an empty one: all of it is gone. */
async function reconcileOne(world: AwsWorld, { images, registry, repository }: Place): Promise<void> {
  const request = { account: world.settings.required('account'), registry, repository };
  const begun = world.clock.now();
  const listed = new Set<string>();
  const noted = { describeImages: () => listing(images, repository, listed) };
  const events = sending(world);
  const pushes = reconcileRegistry({ ...world, images: noted }, request);
  let next = await pushes.next();
  for (; next.done !== true; next = await pushes.next()) await events.add(next.value);
  let removed = 0;
  for await (const event of findGoneTags(world, { ...request, listed, begun })) {
    await events.add(event);
    removed++;
  }
  await events.flush();
  world.log.info('repository reconciled', { ...request, ...next.value, removed });
}

async function* listing(images: ImageRegistry, repository: string, tags: Set<string>): AsyncGenerator<RegistryImage> {
  try {
    for await (const image of images.describeImages(repository)) {
      for (const tag of image.tags) tags.add(tag);
      yield image;
    }
  } catch (thrown) {
    if (Fault.from(thrown).code !== 'registry/not-found') throw thrown;
  }
}

/** Sends events, many at a time. */
function sending({ queues }: AwsWorld) {
  let waiting: Event[] = [];
  const flush = async () => {
    const events = waiting;
    waiting = [];
    await sendEvents(queues, events);
  };
  return {
    flush,
    async add(event: Event) {
      waiting.push(event);
      if (waiting.length === sentAtOnce) await flush();
    },
  };
}
