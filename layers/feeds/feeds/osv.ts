import { Fault } from '#core/fault.ts';
import type { Feed } from '../feed.ts';
import { osvEcosystems, osvGroups } from '../osv/osv-ecosystems.ts';

/**
 * OSV (https://google.github.io/osv.dev/data/): records of GitHub's advisories, of the Python, Go, Rust and other databases,
 * of malicious packages, AlmaLinux and Rocky Linux; one group an ecosystem. What reads them is loaded when it is wanted.
 */
export const osv: Feed = {
  name: 'osv',
  version: 2,
  knownGroups: Object.keys(osvEcosystems),
  groupsFor(namespace) {
    const group = osvGroups.get(namespace.slice(0, namespace.indexOf(':') + 1) || namespace);
    return group === undefined ? [] : [group];
  },
  async fetch(world, group, mark) {
    const ecosystem = Object.hasOwn(osvEcosystems, group) ? osvEcosystems[group] : undefined;
    if (ecosystem === undefined) {
      throw new Fault(
        'input/invalid',
        `'${group}' is no group of the feed osv; there are ${Object.keys(osvEcosystems).join(', ')}`,
      );
    }
    const { fetchOsv } = await import('../osv/fetch-osv.ts');
    return await fetchOsv(world, ecosystem, mark);
  },
};
