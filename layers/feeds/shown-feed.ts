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
