import { Fault } from '#core/fault.ts';
import type { Enrichment, SetAside } from '../advisory.ts';
import { fetchParts, type Part } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import { jsonEntries } from '../json-entries.ts';
import { object, text } from '../json-fields.ts';

const url = 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';

/** The catalogue has about 2 MB, an entry about 1 kB. */
const limits = { entryBytes: 1024 * 1024, keyBytes: 1024, depth: 16, list: 'vulnerabilities' };
const catalogueBytes = 256 * 1024 * 1024;

/** CISA's catalogue of known exploited vulnerabilities (https://www.cisa.gov/known-exploited-vulnerabilities): what to mend first. */
export const kev: Feed = {
  name: 'kev',
  version: 1,
  knownGroups: ['kev'],
  groupsFor: (namespace) => (namespace === 'cve' ? ['kev'] : []),
  async fetch(world, group, mark) {
    if (group !== 'kev')
      throw new Fault('input/invalid', `'${group}' is no group of the feed kev; there is only 'kev'`);
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `CISA has no catalogue of exploited vulnerabilities (${url})` };
    return { kind: 'changed', mark: answer.mark, missing: [], records: () => recordsOf(part) };
  },
};

async function* recordsOf(part: Part): AsyncGenerator<Enrichment | SetAside> {
  let announced: unknown;
  let read = 0;
  for await (const [key, value] of jsonEntries(inflatedPart(part, catalogueBytes), url, limits)) {
    if (key === 'count') announced = value;
    if (key !== limits.list) continue;
    read++;
    yield recordOf(value, read);
  }
  if (typeof announced === 'number' && announced !== read) {
    throw new Fault(
      'feed/failed',
      `reading ${url}: it announces ${announced} entries and has ${read}; try again later`,
    );
  }
}

const date = /^\d{4}-\d{2}-\d{2}$/;

function recordOf(value: unknown, place: number): Enrichment | SetAside {
  const entry = object(value);
  const id = text(entry?.['cveID'], 100)?.toUpperCase() ?? '';
  if (!/^CVE-\d{4}-\d{4,19}$/.test(id)) return { record: `entry ${place}`, reason: 'it names no CVE' };
  const added = text(entry?.['dateAdded'], 40);
  if (added === null || !date.test(added)) return { record: id, reason: 'it does not say when it was added' };
  const due = text(entry?.['dueDate'], 40);
  return {
    record: id,
    about: id,
    facts: {
      kind: 'kev',
      added,
      due: due !== null && date.test(due) ? due : null,
      ransomware: text(entry?.['knownRansomwareCampaignUse'], 40)?.toLowerCase() === 'known',
    },
  };
}
