import { Fault } from '#core/fault.ts';
import { cancelParts, fetchParts } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { secdbRecords } from '../secdb/secdb-records.ts';

const base = 'https://secdb.alpinelinux.org';
const repositories = ['main', 'community'] as const;

/** The release of a namespace: `alpine:3.20` is the branch v3.20, `alpine:edge` is edge. */
const form = /^alpine:(\d{1,3}\.\d{1,3}|edge)$/;

/**
 * Alpine's security database (https://secdb.alpinelinux.org): one document for each repository of a branch. One group a branch.
 */
export const alpine: Feed = {
  name: 'alpine',
  version: 2,
  knownGroups: [...Array.from({ length: 22 }, (_, minor) => `alpine:3.${minor + 3}`), 'alpine:edge'],
  groupsFor: (namespace) => (form.test(namespace) ? [namespace] : []),
  async fetch(world, group, mark) {
    const release = form.exec(group)?.[1];
    if (release === undefined)
      throw new Fault('input/invalid', `'${group}' is no group of the feed alpine; they are called alpine:3.20`);
    const branch = release === 'edge' ? 'edge' : `v${release}`;
    const documentOf = (repository: string) => `${base}/${branch}/${repository}.json`;
    const answer = await fetchParts(world, repositories.map(documentOf), mark);
    if (answer.kind === 'unchanged') return answer;
    const { parts } = answer;
    if (parts.get(documentOf('main')) === null) {
      await cancelParts(parts);
      return { kind: 'absent', reason: `Alpine has no security database for ${release} (${documentOf('main')})` };
    }
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: repositories
        .filter((repository) => parts.get(documentOf(repository)) === null)
        .map((name) => `${branch}/${name}.json`),
      async *records() {
        try {
          for (const repository of repositories) {
            const part = parts.get(documentOf(repository));
            if (part != null) yield* secdbRecords(part, { namespace: group, prefix: `${repository}/`, urlOf });
          }
        } finally {
          await cancelParts(parts);
        }
      },
    };
  },
};

function urlOf(id: string): string {
  return `https://security.alpinelinux.org/vuln/${encodeURIComponent(id)}`;
}
