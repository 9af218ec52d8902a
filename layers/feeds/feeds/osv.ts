import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#core/fault.ts';
import type { Advisory, SetAside } from '../advisory.ts';
import { fetchParts } from '../conditional.ts';
import type { Feed, FeedWorld } from '../feed.ts';
import { type OsvEcosystem, osvAdvisory } from '../osv/osv-record.ts';
import { zipEntries } from '../zip-entries.ts';

/** npm's zip, the largest, has about 200 MB with its reports of malicious packages. */
const zipBytes = 4 * 1024 ** 3;

const release = (id: string) => (version: string | null) => {
  const major = /^\d+/.exec(version ?? '')?.[0];
  return major === undefined ? null : `${id}:${major}`;
};

/** The ecosystems by group. Those whose packages Plimsoll does not find, or whose order it does not know, are not here. */
const ecosystems: Readonly<Record<string, OsvEcosystem>> = {
  'osv:npm': { name: 'npm', namespace: () => 'npm' },
  // PEP 503
  'osv:PyPI': {
    name: 'PyPI',
    namespace: () => 'pypi',
    normalise: (name) => name.toLowerCase().replace(/[-_.]+/g, '-'),
  },
  'osv:Go': { name: 'Go', namespace: () => 'go' },
  'osv:AlmaLinux': { name: 'AlmaLinux', namespace: release('almalinux'), errata: /^ALSA-/ },
  'osv:Rocky Linux': { name: 'Rocky Linux', namespace: release('rocky'), errata: /^R[LX]SA-/ },
};

/** Which group holds a namespace, by the namespace or by what stands before its release. */
const groups: Readonly<Record<string, string>> = {
  npm: 'osv:npm',
  pypi: 'osv:PyPI',
  go: 'osv:Go',
  'almalinux:': 'osv:AlmaLinux',
  'rocky:': 'osv:Rocky Linux',
};

/**
 * OSV (https://google.github.io/osv.dev/data/): one zip an ecosystem with a JSON record a file, from GitHub's advisories, the
 * Python and Go databases, the reports of malicious packages, AlmaLinux, Rocky Linux. One group an ecosystem.
 */
export const osv: Feed = {
  name: 'osv',
  version: 1,
  knownGroups: Object.keys(ecosystems),
  groupsFor(namespace) {
    const colon = namespace.indexOf(':');
    const key = colon < 0 ? namespace : namespace.slice(0, colon + 1);
    return Object.hasOwn(groups, key) ? [groups[key]!] : [];
  },
  async fetch(world, group, mark) {
    const ecosystem = Object.hasOwn(ecosystems, group) ? ecosystems[group] : undefined;
    if (ecosystem === undefined) {
      throw new Fault(
        'input/invalid',
        `'${group}' is no group of the feed osv; there are ${Object.keys(ecosystems).join(', ')}`,
      );
    }
    const url = `https://storage.googleapis.com/osv-vulnerabilities/${encodeURIComponent(ecosystem.name)}/all.zip`;
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `OSV has no ecosystem ${ecosystem.name} (${url})` };
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [],
      async *records() {
        const path = world.temporaryFile(`${group}.zip`);
        await pipeline(part.stream(zipBytes), createWriteStream(path, { mode: 0o600 }));
        yield* recordsIn(path, url, ecosystem, world);
      },
    };
  },
};

async function* recordsIn(
  path: string,
  url: string,
  ecosystem: OsvEcosystem,
  world: FeedWorld,
): AsyncGenerator<Advisory | SetAside> {
  for await (const { name, bytes } of zipEntries(path, url)) {
    if (!name.endsWith('.json')) continue;
    const record = name.slice(0, 200);
    if (bytes === null) {
      yield { record, reason: 'the record is larger than a record may be' };
      continue;
    }
    let json: unknown;
    try {
      json = JSON.parse(bytes.toString('utf8'));
    } catch {
      yield { record, reason: 'the record is not JSON' };
      continue;
    }
    yield* osvAdvisory(json, record, ecosystem, world.clock.now());
  }
}
