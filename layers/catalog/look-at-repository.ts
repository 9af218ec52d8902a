import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import type { RegistryClient } from '#registry/client/registry-client.ts';
import type { Event, EventOf } from '#schema/events.ts';
import { isCompanionTag } from './companion-tag.ts';
import { findGoneTags } from './find-gone-tags.ts';
import { isSettled, type Seen, type Watch } from './watch.ts';
import { forgetTags, newTags, rememberTags } from './watched-tag-store.ts';

type World = Pick<Platform, 'sql' | 'clock' | 'queues' | 'log'>;

/** Tags of one repository that are watched, 128 characters each at most: what a registry lists after them is left out. */
const mostTags = 200_000;

/** Tags that are sent, and remembered, together. */
const pageSize = 500;

/** What a look found: `tags` is null when the registry lists what it listed before. */
export interface RepositoryLook extends Seen {
  readonly tags: ReadonlySet<string> | null;
}

/**
 * Lists the tags of a watched repository and sends those that are new to the watch as pushed, whether the catalog has them or not, and
 * what the catalog has and the registry does not as removed. New tags are remembered after they were sent: whoever dies in between sends
 * them again. Signatures and what else is kept beside images under tags of its own are no tags here. Throws what the registry
 * client throws, and `registry/not-found` once when a repository that had tags lists none, which the next look believes.
 */
export async function lookAtRepository(
  world: World,
  client: Pick<RegistryClient, 'tags'>,
  watch: Watch,
  autosubscribe: boolean,
): Promise<RepositoryLook> {
  const begun = world.clock.now();
  const { tags, all } = await listTags(client, watch.repository);
  if (tags.size === 0 && watch.seen !== null && watch.seen !== hashOf(tags) && watch.failure !== 'registry/not-found')
    throw new Fault('registry/not-found', `${watch.registry}/${watch.repository} lists no tags, though it had some`);
  const seen = hashOf(tags);
  if (isSettled(watch, seen, begun)) return { seen, comparedAt: watch.comparedAt, tags: null };
  const found = await sendNew(world, watch, tags, begun, autosubscribe);
  const gone = all ? await sendGone(world, watch, tags, begun) : 0;
  const { account, registry, repository } = watch;
  world.log.info('repository looked at', { account, registry, repository, tags: tags.size, all, found, gone });
  return { seen, comparedAt: begun, tags };
}

/**
 * The tags that a repository lists, those of companions left out; `all` is false when there are more than are watched, or than came before
 * `isOver`.
 */
export async function listTags(
  client: Pick<RegistryClient, 'tags'>,
  repository: string,
  isOver: () => boolean = () => false,
): Promise<{ readonly tags: ReadonlySet<string>; readonly all: boolean }> {
  const tags = new Set<string>();
  for await (const page of client.tags(repository)) {
    if (isOver()) return { tags, all: false };
    for (const tag of page) {
      if (tags.size === mostTags) return { tags, all: false };
      if (!isCompanionTag(tag)) tags.add(tag);
    }
  }
  return { tags, all: true };
}

async function sendNew(
  world: World,
  { id, account, registry, repository }: Watch,
  tags: ReadonlySet<string>,
  at: number,
  autosubscribe: boolean,
): Promise<number> {
  let found = 0;
  for (const page of pages(tags)) {
    const fresh = await newTags(world, id, page);
    if (fresh.length === 0) continue;
    const events = fresh.map((tag): EventOf<'image.pushed'> => {
      const reference = `${registry}/${repository}:${tag}`;
      return { kind: 'image.pushed', account, reference, at, autosubscribe };
    });
    await sendEvents(world.queues, events);
    await rememberTags(world, id, fresh);
    found += fresh.length;
  }
  return found;
}

async function sendGone(world: World, watch: Watch, listed: ReadonlySet<string>, begun: number): Promise<number> {
  const { id, account, registry, repository } = watch;
  let gone = 0;
  let waiting: Event[] = [];
  for await (const event of findGoneTags(world, { account, registry, repository, listed, begun })) {
    gone++;
    waiting.push(event);
    if (waiting.length < pageSize) continue;
    await sendEvents(world.queues, waiting);
    waiting = [];
  }
  await sendEvents(world.queues, waiting);
  await forgetTags(world, id, listed);
  return gone;
}

function* pages(tags: Iterable<string>): Generator<readonly string[]> {
  let page: string[] = [];
  for (const tag of tags) {
    page.push(tag);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Of the list, whatever its order. */
function hashOf(tags: ReadonlySet<string>): string {
  return createHash('sha256')
    .update([...tags].sort().join('\n'))
    .digest('hex');
}
