import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { RegistryClient } from '#registry/client/registry-client.ts';
import type { Event } from '#schema/events.ts';
import { isCompanionTag } from './companion-tag.ts';
import { findGoneTags } from './find-gone-tags.ts';
import { isSettled, type Seen, type Watch } from './watch.ts';
import { forgetTags, newTags, rememberTags } from './watched-tag-store.ts';

type World = Pick<Platform, 'sql' | 'clock' | 'log'>;

/** Tags of one repository that are watched, 128 characters each at most: what a registry lists after them is left out. */
const mostTags = 200_000;

/** Tags that are given, and remembered, together. */
const pageSize = 500;

/** What a look found: `tags` is null when the registry lists what it listed before. */
export interface RepositoryLook extends Seen {
  readonly tags: ReadonlySet<string> | null;
}

/**
 * Lists the tags of a watched repository and gives those that are new to the watch as pushed, whether the catalog has them or not, and
 * what the catalog has and the registry does not as removed, many at a time. New tags are remembered when the next are asked for, so what was
 * given has to be sent by then: whoever dies in between gives them again. Signatures and what else is kept beside images under tags of its
 * own are no tags here. Throws what the registry client throws, and `registry/not-found` once when a repository that had tags lists none,
 * which the next look believes.
 */
export async function* lookAtRepository(
  world: World,
  client: Pick<RegistryClient, 'tags'>,
  watch: Watch,
  autosubscribe: boolean,
): AsyncGenerator<readonly Event[], RepositoryLook> {
  const begun = world.clock.now();
  const { account, registry, repository } = watch;
  const { tags, all } = await listTags(client, repository);
  const seen = hashOf(tags);
  if (tags.size === 0 && watch.seen !== null && watch.seen !== seen && watch.failure !== 'registry/not-found')
    throw new Fault('registry/not-found', `${registry}/${repository} lists no tags, though it had some`);
  if (isSettled(watch, seen, begun)) return { seen, comparedAt: watch.comparedAt, tags: null };
  const found = yield* newOnes(world, watch, tags, begun, autosubscribe);
  const gone = all ? yield* goneOnes(world, watch, tags, begun) : 0;
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

async function* newOnes(
  world: World,
  { id, account, registry, repository }: Watch,
  tags: ReadonlySet<string>,
  at: number,
  autosubscribe: boolean,
): AsyncGenerator<readonly Event[], number> {
  let found = 0;
  for (const page of pages(tags)) {
    const fresh = await newTags(world, id, page);
    if (fresh.length === 0) continue;
    yield fresh.map((tag) => {
      const reference = `${registry}/${repository}:${tag}`;
      return { kind: 'image.pushed', account, reference, at, autosubscribe };
    });
    await rememberTags(world, id, fresh);
    found += fresh.length;
  }
  return found;
}

async function* goneOnes(
  world: World,
  { id, account, registry, repository }: Watch,
  listed: ReadonlySet<string>,
  begun: number,
): AsyncGenerator<readonly Event[], number> {
  let gone = 0;
  let waiting: Event[] = [];
  for await (const event of findGoneTags(world, { account, registry, repository, listed, begun })) {
    gone++;
    waiting.push(event);
    if (waiting.length < pageSize) continue;
    yield waiting;
    waiting = [];
  }
  if (waiting.length > 0) yield waiting;
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
