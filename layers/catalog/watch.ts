import { Fault } from '#core/fault.ts';
import { parseReference } from '#registry/reference.ts';

/** A tag or a repository that a registry is asked about again and again, as it was when its turn came. Times are milliseconds since the epoch. */
export interface Watch {
  /** Of the subscription that it belongs to. */
  readonly id: string;
  readonly account: string;
  readonly registry: string;
  readonly repository: string;
  /** Null: the repository is watched for new tags. */
  readonly tag: string | null;
  /** What the registry said last: the digest of the tag, or a hash of the list; null when that is not known. */
  readonly seen: string | null;
  /** When that was last held against the catalog. */
  readonly comparedAt: number | null;
  /** The fault code of the last look; null when it went well. */
  readonly failure: string | null;
  /** Looks in a row that ended in a fault. */
  readonly failures: number;
  /** The value of the subscription, as its owner may write it. */
  readonly value: string | null;
  /** Until when it is ours to look at. */
  readonly takenUntil: number;
}

/** What a look leaves. */
export interface Seen {
  readonly seen: string | null;
  readonly comparedAt: number | null;
}

/** Milliseconds after which the catalog is compared again though the registry says the same: a push may have failed for good meanwhile. */
const comparedAgainMs = 24 * 3_600_000;

/** Whether there is nothing to do where the registry says this: it said so when the last look, not long ago, went well. */
export function isSettled({ seen, comparedAt, failure }: Watch, said: string, now: number): boolean {
  return failure === null && said === seen && comparedAt !== null && now - comparedAt < comparedAgainMs;
}

/** What a subscription of tag_update or repo_update watches; null when its key names nothing that a registry could have. */
export function watchedBy(
  key: string,
  type: 'tag_update' | 'repo_update',
): { readonly registry: string; readonly repository: string; readonly tag: string | null } | null {
  try {
    const { registry, repository, tag, digest } = parseReference(key);
    const named = key.lastIndexOf(':') > key.lastIndexOf('/');
    if (digest !== null || named !== (type === 'tag_update')) return null;
    return { registry, repository, tag: named ? tag : null };
  } catch (thrown) {
    if (Fault.from(thrown).code !== 'input/invalid') throw thrown;
    return null;
  }
}

/** What people call it: `registry/repository` or `registry/repository:tag`. */
export function watchName({ registry, repository, tag }: Pick<Watch, 'registry' | 'repository' | 'tag'>): string {
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}`;
}
