import { isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { RegistryClient } from '#registry/client/registry-client.ts';
import type { Event } from '#schema/events.ts';
import { findUnknown } from './reconcile-store.ts';
import { tagHistory } from './tag-store.ts';
import { isSettled, type Seen, type Watch, watchName } from './watch.ts';

/** A watch of a tag. */
export type TagWatch = Watch & { readonly tag: string };

type World = Pick<Platform, 'sql' | 'clock'>;

/**
 * Asks the registry what a watched tag points to, and gives it as pushed where the catalog has the tag at something else. A tag that its
 * repository does not have any more is given as removed. Throws what the registry client throws, that the tag is not there too.
 */
export async function* lookAtTag(
  world: World,
  client: Pick<RegistryClient, 'digest' | 'manifest'>,
  watch: TagWatch,
): AsyncGenerator<readonly Event[], Seen> {
  const { account, repository, tag, seen } = watch;
  const now = world.clock.now();
  const known = seen !== null && isDigest(seen) ? seen : null;
  const digest = await client.digest(repository, tag, known).catch((thrown: unknown) => Fault.from(thrown));
  if (digest instanceof Fault) {
    if (await isGone(client, watch, digest)) yield await removed(world, watch, now);
    throw digest;
  }
  if (isSettled(watch, digest, now)) return { seen, comparedAt: watch.comparedAt };
  const [unknown] = await findUnknown(world, account, watch, [{ digest, tag }]);
  // What the catalog heard of since is newer than the answer.
  if (unknown?.elsewhere != null && unknown.elsewhere.since > now) return { seen: null, comparedAt: null };
  if (unknown !== undefined)
    yield [{ kind: 'image.pushed', account, reference: `${watchName(watch)}@${digest}`, at: now }];
  return { seen: digest, comparedAt: now };
}

/** Only a registry that shows the repository can say that it has no such tag: many answer 404 to who may not see it. HEAD has no reasons. */
async function isGone(
  client: Pick<RegistryClient, 'manifest'>,
  { repository, tag }: TagWatch,
  fault: Fault,
): Promise<boolean> {
  if (fault.code !== 'registry/not-found') return false;
  const why = await client.manifest(repository, tag).then(
    () => null,
    (thrown: unknown) => Fault.from(thrown),
  );
  const codes = why?.detail['codes'];
  return Array.isArray(codes) && codes.includes('MANIFEST_UNKNOWN');
}

/** Nothing for a tag that the catalog has at nothing. */
async function removed(world: World, watch: TagWatch, at: number): Promise<readonly Event[]> {
  const { account } = watch;
  const [last] = await tagHistory(world, account, watch, 1);
  if (last?.digest == null) return [];
  return [{ kind: 'image.removed', account, reference: `${watchName(watch)}@${last.digest}`, at }];
}
