import { requireAccount } from '#access/account-store.ts';
import { listTags } from '#catalog/look-at-repository.ts';
import { watchedBy } from '#catalog/watch.ts';
import { Fault } from '#core/fault.ts';
import { repositoryValue } from '#notices/repository-value.ts';
import { type Subscription, subscriptionId } from '#notices/subscription.ts';
import { addSubscription, changeSubscription } from '#notices/subscription-store.ts';
import type { RepositoryQuery } from '#schema/api/repositories.ts';
import { watchSoon } from '../watch-soon.ts';
import type { ApiWorld, Call } from './route.ts';
import { subscriptionKey } from './subscription-keys.ts';
import { subscriptionRecord } from './subscription-record.ts';

/** Milliseconds: for one answer of the registry, and for the list; what comes after them is found by the watch. */
const [patienceMs, listingMs] = [8_000, 12_000];

/**
 * Watches a repository, and has its tags added as images soon; again, with other settings, when it is watched. With `dryrun` nothing is kept.
 * Throws `state/not-found` with `error_codes` when the registry lists no tags.
 */
export async function addRepository({
  world,
  principal: { account },
  query,
}: Pick<Call<RepositoryQuery>, 'world' | 'principal' | 'query'>) {
  const { repository, autosubscribe, dryrun, lookuptag = 'latest' } = query;
  const [key, type] = [subscriptionKey('repo_update', repository), 'repo_update'] as const;
  await requireAccount(world, account);
  const tags = await tagsOf(world, account, key);
  const value = repositoryValue({ autosubscribe, lookuptag }, tags);
  const now = world.clock.now();
  const id = subscriptionId(account, key, type);
  if (dryrun)
    return subscriptionRecord({ id, account, key, type, value, active: false, createdAt: now, updatedAt: now });
  const wanted = { value, active: true };
  const kept: Subscription | null =
    (await addSubscription(world, account, { key, type, ...wanted }, now)) ??
    (await changeSubscription(world, account, id, wanted, now));
  if (kept === null) throw new Fault('state/conflict', `${key} was removed just now: add it again`);
  await watchSoon(world, kept);
  return subscriptionRecord(kept);
}

async function tagsOf(world: ApiWorld, account: string, key: string): Promise<ReadonlySet<string>> {
  const { registry, repository } = watchedBy(key, 'repo_update')!;
  const until = world.clock.now() + listingMs;
  const { tags } = await world.registries
    .clientOf(account, registry, repository, { attempts: 1, patienceMs })
    .then((client) => listTags(client, repository, () => world.clock.now() > until))
    .catch((thrown: unknown) => {
      throw asNotFound(key, Fault.from(thrown));
    });
  if (tags.size > 0) return tags;
  throw new Fault('state/not-found', `${key} has no tags in its registry`, {
    detail: { error_codes: ['REGISTRY_IMAGE_NOT_FOUND'] },
  });
}

/** The registry is asked while the client waits: what goes wrong there is the client's to know. */
function asNotFound(key: string, fault: Fault): Fault {
  if (!/^(registry|network|image)\//.test(fault.code)) return fault;
  const codes: Readonly<Record<string, string>> = {
    'registry/denied': 'REGISTRY_PERMISSION_DENIED',
    'registry/not-found': 'REGISTRY_IMAGE_NOT_FOUND',
  };
  return new Fault('state/not-found', `cannot list the tags of ${key} in its registry`, {
    detail: {
      error_codes: [codes[fault.code] ?? 'REGISTRY_NOT_ACCESSIBLE'],
      raw_exception_message: fault.message,
    },
    cause: fault,
  });
}
