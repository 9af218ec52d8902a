import { Fault } from '#core/fault.ts';
import { fetchParts } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { type SecdbSource, secdbRecords } from './secdb-records.ts';

/** A distribution without releases, whose security database is one document. */
export interface RollingSecdb extends Pick<Feed, 'name' | 'version' | 'licence'>, Pick<SecdbSource, 'urlOf'> {
  readonly url: string;
}

/** The feed of such a distribution, with one group: `wolfi:rolling`, which is its namespace too. */
export function rollingSecdb({ url, urlOf, ...feed }: RollingSecdb): Feed {
  const only = `${feed.name}:rolling`;
  return {
    ...feed,
    knownGroups: [only],
    groupsFor: (namespace) => (namespace === only ? [only] : []),
    async fetch(world, group, mark) {
      if (group !== only)
        throw new Fault('input/invalid', `'${group}' is no group of the feed ${feed.name}; there is only '${only}'`);
      const answer = await fetchParts(world, [url], mark);
      if (answer.kind === 'unchanged') return answer;
      const part = answer.parts.get(url) ?? null;
      if (part === null) return { kind: 'absent', reason: `there is no security database of ${feed.name} (${url})` };
      return {
        kind: 'changed',
        mark: answer.mark,
        missing: [],
        records: () => secdbRecords(part, { namespace: only, prefix: '', urlOf }),
      };
    },
  };
}
