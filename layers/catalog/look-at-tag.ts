import { type Digest, isDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { sendEvents } from '#platform/bus.ts';
import type { Platform } from '#platform/platform.ts';
import type { RegistryClient } from '#registry/client/registry-client.ts';
import { findUnknown } from './reconcile-store.ts';
import { tagHistory } from './tag-store.ts';
import { isSettled, type Seen, type Watch, watchName } from './watch.ts';

/** A watch of a tag. */
export type TagWatch = Watch & { readonly tag: string };

type World = Pick<Platform, 'sql' | 'clock' | 'queues'>;

/**
 * Asks the registry what a watched tag points to, and sends it as pushed where the catalog has the tag at something else: what an index
 * lists is not looked into, an image is known by the digest of its index too. A tag that a repository does not have any more is
 * sent as removed. Throws what the registry client throws.
 */
export async function lookAtTag(
  world: World,
  client: Pick<RegistryClient, 'digest' | 'manifest'>,
  watch: TagWatch,
): Promise<Seen> {
  const { account, repository, tag, seen } = watch;
  const now = world.clock.now();
  const known = seen !== null && isDigest(seen) ? seen : null;
  const digest = await client.digest(repository, tag, known).catch(async (thrown: unknown) => {
    if (await isGone(client, watch, Fault.from(thrown))) await sendRemoved(world, watch, now);
    throw thrown;
  });
  if (isSettled(watch, digest, now)) return { seen, comparedAt: watch.comparedAt };
  const [unknown] = await findUnknown(world, account, watch, [{ digest, tag }]);
  // What the catalog heard of since is newer than the answer.
  if (unknown?.elsewhere != null && unknown.elsewhere.since > now) return { seen: null, comparedAt: null };
  if (unknown !== undefined) await sendPushed(world, watch, digest, now);
  return { seen: digest, comparedAt: now };
}

async function sendPushed({ queues }: World, watch: TagWatch, digest: Digest, at: number): Promise<void> {
  const reference = `${watchName(watch)}@${digest}`;
  await sendEvents(queues, [{ kind: 'image.pushed', account: watch.account, reference, at }]);
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

async function sendRemoved(world: World, watch: TagWatch, at: number): Promise<void> {
  const [last] = await tagHistory(world, watch.account, watch, 1);
  if (last?.digest == null) return;
  const reference = `${watchName(watch)}@${last.digest}`;
  await sendEvents(world.queues, [{ kind: 'image.removed', account: watch.account, reference, at }]);
}
