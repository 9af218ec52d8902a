import type { Sql } from '#platform/sql.ts';
import type { EventOf } from '#schema/events.ts';
import { knownTags } from './known-tags-store.ts';

export interface GoneRequest {
  readonly account: string;
  /** The registry's name in references. */
  readonly registry: string;
  readonly repository: string;
  /** Every tag that the repository has, those of archived images and of artifacts too. */
  readonly listed: ReadonlySet<string>;
  /** When the listing began: what was heard of after it is newer than the listing. */
  readonly begun: number;
}

/**
 * Finds the tags that a repository does not have any more though no event told of it: gives image.removed for every tag of the catalog
 * that was not listed. Changes nothing itself, as reconcileRegistry. A tag that moved while it was listed may be among them: its push
 * is newer, and stands.
 */
export async function* findGoneTags(
  world: { readonly sql: Sql },
  { account, registry, repository, listed, begun }: GoneRequest,
): AsyncGenerator<EventOf<'image.removed'>> {
  for await (const page of knownTags(world, account, { registry, repository }, begun))
    for (const { tag, digest } of page)
      if (!listed.has(tag))
        yield { kind: 'image.removed', account, reference: `${registry}/${repository}:${tag}@${digest}`, at: begun };
}
