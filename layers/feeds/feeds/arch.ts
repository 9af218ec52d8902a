import { Fault } from '#core/fault.ts';
import { severityOfWord } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { fetchParts, type Part, readPart } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { array, type Json, object, text } from '../json-fields.ts';

const base = 'https://security.archlinux.org';
const url = `${base}/all.json`;
const namespace = 'arch:rolling';

/** The document has one or two megabytes. */
const documentBytes = 128 * 1024 * 1024;

/**
 * Arch Linux's security tracker: one JSON list of groups (AVG), each with packages, the vulnerabilities that they share, and the
 * version that mends them. Names are of packages as pacman installs them.
 */
export const arch: Feed = {
  name: 'arch',
  version: 1,
  knownGroups: [namespace],
  groupsFor: (asked) => (asked === namespace ? [namespace] : []),
  async fetch(world, group, mark) {
    if (group !== namespace)
      throw new Fault('input/invalid', `'${group}' is no group of the feed arch; there is only '${namespace}'`);
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `there is no security tracker of Arch Linux (${url})` };
    return { kind: 'changed', mark: answer.mark, missing: [], records: () => recordsOf(part) };
  },
};

async function* recordsOf(part: Part): AsyncGenerator<Advisory | SetAside> {
  const groups = parsed(await readPart(part, documentBytes));
  if (!Array.isArray(groups)) throw new Fault('feed/failed', `reading ${url}: it is no list`);
  for (const [place, group] of groups.entries()) {
    const its = object(group);
    const name = text(its?.['name'], 60);
    if (its === null || name === null) yield { record: `group ${place + 1}`, reason: 'a group without a name' };
    else yield* groupRecords(its, name);
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${url}: it is not JSON`, { cause });
  }
}

/** One advisory for each vulnerability of a group; a group without any is one itself. */
function* groupRecords(group: Json, name: string): Generator<Advisory | SetAside> {
  const packages = array(group['packages']).flatMap((one) => text(one, 200) ?? []);
  const ids = array(group['issues']).flatMap((one) => text(one, 90) ?? []);
  const notices = array(group['advisories']).flatMap((one) => text(one, 90) ?? []);
  const said = stateOf(group);
  if (typeof said === 'string' || packages.length === 0) {
    const reason = typeof said === 'string' ? said : 'it names no packages';
    for (const id of distinct(ids, name)) yield { record: recordOf(name, id), reason };
    return;
  }
  const affected = packages.map((each) => ({ namespace, name: each, introduced: null, lastAffected: null, ...said }));
  const severity = severityOfWord(text(group['severity'], 40) ?? '');
  for (const id of distinct(ids, name)) {
    yield {
      record: recordOf(name, id),
      id,
      aliases: [],
      related: [name, ...notices].filter((other) => other !== id).slice(0, 200),
      severity,
      severitySource: severity === 'Unknown' ? null : 'arch',
      title: text(group['type'], 300),
      urls: [name, ...notices].slice(0, 10).map((one) => `${base}/${encodeURIComponent(one)}`),
      published: null,
      affected,
    };
  }
}

function distinct(ids: readonly string[], name: string): Iterable<string> {
  return ids.length === 0 ? [name] : new Set(ids);
}

const recordOf = (name: string, id: string) => (name === id ? name : `${name} ${id}`);

type Said = Pick<AffectedRange, 'fixed' | 'state' | 'verdict'>;

/**
 * What a group says of versions; text for a status that is not known. `affected` names the version that was looked at, not the
 * first that is affected. `Testing`: the mend is in a repository that not everybody uses yet.
 */
function stateOf({ status, fixed }: Json): Said | string {
  const version = text(fixed, 256);
  switch (status) {
    case 'Fixed':
      return version === null ? 'it is fixed without a version' : { fixed: version, state: 'fixed' };
    case 'Testing':
    case 'Vulnerable':
      return { fixed: version, state: version === null ? 'not-fixed' : 'fixed' };
    case 'Unknown':
      return { fixed: version, state: version === null ? 'under-investigation' : 'fixed' };
    case 'Not affected':
      return { fixed: null, state: 'unknown', verdict: 'not-affected' };
    default:
      return `the status ${JSON.stringify(status)?.slice(0, 50)} is not known`;
  }
}
