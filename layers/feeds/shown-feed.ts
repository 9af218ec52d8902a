import { packageTypes, ecosystems } from '#core/ecosystem.ts';
import type { FeedGroup } from './feed-group.ts';

/** The languages whose advisories clients of the v1 API know as groups of the feed `github`. */
const github: Readonly<Record<string, string>> = {
  composer: 'github:composer',
  gem: 'github:gem',
  go: 'github:go',
  maven: 'github:java',
  npm: 'github:npm',
  nuget: 'github:nuget',
  pypi: 'github:python',
};

const groups: Readonly<Record<string, string>> = { ...github, cpe: 'nvdv2:cves' };

/** The group of a feed as clients of the v1 API know it, by an advisory namespace: most are called alike. */
export function shownGroup(namespace: string): string {
  return Object.hasOwn(groups, namespace) ? groups[namespace]! : namespace;
}

/** The advisory namespace of a group as clients know it. */
export function namespaceOfShown(group: string): string {
  return Object.keys(groups).find((namespace) => groups[namespace] === group) ?? group;
}

/** Where a group of ours stands among the feeds that clients of the v1 API know. */
export interface ShownFeed {
  /** `vulnerabilities`: distributions; `github`, `nvdv2`; what the original did not have is called as here. */
  readonly feed: string;
  /** The name of the group there; null where it holds releases of a distribution, each a group of its own there. */
  readonly group: string | null;
}

export function shownFeed({ feed, group }: FeedGroup): ShownFeed {
  const holds = (namespace: string) => feed.groupsFor(namespace).includes(group);
  if (holds('cpe')) return { feed: 'nvdv2', group: shownGroup('cpe') };
  const language = languages.find(holds);
  if (language !== undefined)
    return Object.hasOwn(github, language) ? { feed: 'github', group: github[language]! } : { feed: feed.name, group };
  return holds('cve') || holds('lifecycle') ? { feed: feed.name, group } : { feed: 'vulnerabilities', group: null };
}

const languages = packageTypes.flatMap((type) => ecosystems[type].namespace ?? []);
