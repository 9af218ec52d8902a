import type { Sql } from '#platform/sql.ts';
import { listTagSubscriptions } from './tag-subscription-store.ts';

/** Digests of one subscription that are looked at. */
const mostDigests = 1000;

/**
 * Those of an account's tags (`registry/repository:tag`) for which verdicts or vulnerabilities are subscribed to, with the digests that
 * the subscription's value names beside what the tag leads to: `{"digests": [...]}`. A value that is not of this form names none.
 */
export async function tagWatches(world: { readonly sql: Sql }, account: string, tags: readonly string[]) {
  const found = await listTagSubscriptions(world, account, tags);
  return found.map(({ key, type, value }) => ({ tag: key, type, digests: digestsOf(value) }));
}

function digestsOf(value: string | null): readonly string[] {
  if (value === null) return [];
  try {
    const { digests } = (JSON.parse(value) ?? {}) as { readonly digests?: unknown };
    const texts = Array.isArray(digests) ? digests.filter((one) => typeof one === 'string') : [];
    return texts.slice(0, mostDigests);
  } catch {
    return [];
  }
}
