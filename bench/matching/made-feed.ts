import type { Advisory } from '#feeds/advisory.ts';
import type { Feed } from '#feeds/feed.ts';

const names = 20_000;
const perName = 10;

/** In the place of real upstreams where there are none: 200,000 advisories of names that nobody has. */
export const madeFeed: Feed = {
  name: 'made',
  version: 1,
  knownGroups: ['made:npm'],
  groupsFor: () => [],
  fetch: async (_world, _group, mark) =>
    mark === null
      ? {
          ...{ kind: 'changed', mark: { version: '1' }, missing: [] },
          async *records() {
            for (let at = 0; at < names * perName; at++) yield advisoryAt(at);
          },
        }
      : { kind: 'unchanged' },
};

function advisoryAt(at: number): Advisory {
  const [name, fixed] = [`made-${Math.floor(at / perName)}`, `${at % perName}.5.0`];
  return {
    ...{ record: `MADE-${at}`, id: `MADE-${at}`, aliases: [`CVE-2031-${100_000 + at}`], related: [], severity: 'High' },
    ...{ severitySource: 'made', title: 'A length from the header is trusted before what follows it is looked at' },
    ...{ urls: [`https://advisories.example/${at}`], published: '2031-01-01T00:00:00Z' },
    affected: [{ ...{ namespace: 'npm', name, introduced: null, fixed, lastAffected: null, state: 'fixed' } }],
  };
}
