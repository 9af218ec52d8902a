import { Fault } from '#core/fault.ts';
import type { Feed } from './feed.ts';
import { feeds } from './feeds.ts';

/** A group with the feed that fetches it. */
export interface FeedGroup {
  readonly feed: Feed;
  readonly group: string;
}

/** The groups that hold advisories of a namespace; empty when no feed has any: its packages are then not judged. */
export function groupsOf(namespace: string): readonly FeedGroup[] {
  return feeds.flatMap((feed) => feed.groupsFor(namespace).map((group) => ({ feed, group })));
}

/** The group of a name as people write it (`alpine:3.20`, `debian`, `osv:npm`; case is ignored); throws `input/invalid` when there is none. */
export function findGroup(name: string): FeedGroup {
  for (const feed of feeds) {
    const group = feed.knownGroups.find((known) => known.toLowerCase() === name.toLowerCase());
    if (group !== undefined) return { feed, group };
  }
  const offered = groupsOf(name.toLowerCase())[0];
  if (offered !== undefined) return offered;
  throw new Fault('input/invalid', `'${name.slice(0, 100)}' is no feed group; 'plimsoll feeds list' shows them`);
}
