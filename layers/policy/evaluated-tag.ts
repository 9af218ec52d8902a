/** The parts of a tag as mappings see them. */
export interface EvaluatedTag {
  readonly registry: string;
  readonly repository: string;
  /** Empty when the reference names a digest and no tag: the wildcard of a mapping still matches it. */
  readonly tag: string;
}

/** What is evaluated when no tag is given: only wildcards match it. */
export const anyTag = '*/*:*';

const localHosts = new Set(['localhost', 'localhost.localdomain', 'localbuild']);

/**
 * Parses `registry/repository:tag` in the original's way: what stands before the first slash is a host only when it holds
 * a dot or a colon or is a name of this machine, else the registry is `docker.io`; nothing is added to the repository, so
 * `nginx` is not `library/nginx`. `dockerhub/` means `docker.io/`. Without a tag it is `latest`.
 */
export function parseEvaluatedTag(text: string): EvaluatedTag {
  const full = (text === '' ? anyTag : text).replace(/^dockerhub\//, 'docker.io/');
  const slash = full.indexOf('/');
  const host = slash < 0 ? '' : full.slice(0, slash);
  const named = /[.:]/.test(host) || localHosts.has(host);
  const [name = '', digest] = (named ? full.slice(slash + 1) : full).split('@', 2);
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  return {
    registry: named ? host : 'docker.io',
    repository: tagged ? name.slice(0, colon) : name,
    tag: tagged ? name.slice(colon + 1) : digest === undefined ? 'latest' : '',
  };
}
