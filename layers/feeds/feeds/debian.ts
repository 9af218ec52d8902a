import { Fault } from '#core/fault.ts';
import { type Severity, severityOfWord, severityRank } from '#core/severity.ts';
import type { FixState } from '#schema/finding.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part, readPart } from '../conditional.ts';
import { type DebianIndex, debianIndex, debianNamespace, debianUrl, listedRanges } from '../debian/debian-index.ts';
import { type ListedAdvisory, readDebianList } from '../debian/debian-lists.ts';
import type { Feed } from '../feed.ts';
import { jsonEntries } from '../json-entries.ts';

const tracker = 'https://security-tracker.debian.org/tracker/data/json';
const lists = ['DSA', 'DLA'].map(
  (name) => `https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/${name}/list`,
);

/** The tracker has about 70 MB, a list one or two. */
const trackerBytes = 2 * 1024 ** 3;
const listBytes = 64 * 1024 ** 2;

/** Releases of one entry; the tracker names half a dozen. */
const maxReleases = 100;

/**
 * The Debian security tracker: by source package and release, all vulnerabilities with their state, as one JSON document; and
 * the lists of advisories (DSA, DLA), which reach back to releases that the tracker has dropped. One group for all releases.
 */
export const debian: Feed = {
  name: 'debian',
  version: 2,
  knownGroups: ['debian'],
  groupsFor: (namespace) => (namespace.startsWith('debian:') ? ['debian'] : []),
  async fetch(world, group, mark) {
    if (group !== 'debian')
      throw new Fault('input/invalid', `'${group}' is no group of the feed debian; there is only 'debian'`);
    const answer = await fetchParts(world, [...lists, tracker], mark);
    if (answer.kind === 'unchanged') return answer;
    const { parts } = answer;
    if ([...parts.values()].every((part) => part === null)) {
      return { kind: 'absent', reason: `there is no Debian security tracker (${tracker})` };
    }
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [...parts].filter(([, part]) => part === null).map(([url]) => shortName(url)),
      async *records() {
        try {
          const advisories: ListedAdvisory[] = [];
          for (const url of lists) {
            for await (const listed of listedIn(parts.get(url) ?? null)) {
              if ('reason' in listed) yield listed;
              else advisories.push(listed);
            }
          }
          const index = debianIndex(advisories);
          const document = parts.get(tracker);
          if (document != null) yield* trackerRecords(document, index);
          yield* index.rest();
        } finally {
          await cancelParts(parts);
        }
      },
    };
  },
};

function shortName(url: string): string {
  return url === tracker ? 'tracker/data/json' : url.slice(url.indexOf('data/'));
}

async function* listedIn(part: Part | null): AsyncGenerator<ListedAdvisory | SetAside> {
  if (part !== null) yield* readDebianList((await readPart(part, listBytes)).toString('utf8'));
}

async function* trackerRecords(part: Part, index: DebianIndex): AsyncGenerator<Advisory | SetAside> {
  const unknown = new Map<string, number>();
  for await (const [name, vulnerabilities] of jsonEntries(part.stream(trackerBytes), part.url)) {
    const entries = object(vulnerabilities);
    if (entries === null || name.length > 200) {
      yield { record: name.slice(0, 200), reason: 'what the tracker says of the package is no object' };
      continue;
    }
    for (const [id, entry] of Object.entries(entries)) yield* recordsOf(name, id, object(entry), index, unknown);
  }
  for (const [codename, count] of unknown) {
    yield {
      record: `tracker release ${codename}`,
      reason: `the codename is not known: ${count} entries of the tracker`,
    };
  }
}

type Json = Readonly<Record<string, unknown>>;

/**
 * One advisory for a vulnerability of a source package: a range for each release that the tracker knows, and from the lists
 * for the releases that it has dropped.
 */
function* recordsOf(
  name: string,
  id: string,
  entry: Json | null,
  index: DebianIndex,
  unknown: Map<string, number>,
): Generator<Advisory | SetAside> {
  const releases = object(entry?.['releases']);
  const record = `${name} ${id}`.slice(0, 300);
  if (entry === null || releases === null || id.length > 90)
    return yield { record, reason: 'the tracker names no releases' };
  const listed = index.take(name, id);
  const ranges = listed === null ? [] : listedRanges(listed);
  const affected: AffectedRange[] = [];
  const told = new Set<string>();
  for (const [codename, release] of Object.entries(releases).slice(0, maxReleases)) {
    const namespace = debianNamespace(codename);
    if (namespace === null) {
      unknown.set(codename, (unknown.get(codename) ?? 0) + 1);
      continue;
    }
    told.add(namespace);
    const range = rangeOf(object(release), namespace, name);
    if (typeof range === 'string') yield { record: `${record} ${codename}`.slice(0, 300), reason: range };
    else if (range !== null) affected.push({ ...range, ...dateOf(range, ranges) });
  }
  affected.push(...ranges.filter(({ namespace }) => !told.has(namespace)));
  if (affected.length === 0) return;
  const related = [...(listed?.advisories ?? [])].sort();
  const highest = highestOf(affected);
  yield {
    record,
    id,
    aliases: [],
    related: related.slice(0, 200),
    severity: highest,
    severitySource: highest === 'Unknown' ? null : 'debian',
    title: titleOf(entry['description']),
    urls: [id, ...related].slice(0, 10).map(debianUrl),
    published: listed?.date ?? null,
    affected,
  };
}

/** The range of one release; null where nobody has looked; text where it cannot be told. */
function rangeOf(release: Json | null, namespace: string, name: string): AffectedRange | string | null {
  const status = release?.['status'];
  const urgency = typeof release?.['urgency'] === 'string' ? release['urgency'] : '';
  const base = { namespace, name, introduced: null, lastAffected: null, severity: severityOfUrgency(urgency) };
  if (status === 'undetermined') return null;
  if (status === 'open') return { ...base, fixed: null, state: openState(release, urgency) };
  if (status !== 'resolved') return `the status ${JSON.stringify(status)?.slice(0, 50)} is not known`;
  const fixed = release?.['fixed_version'];
  if (typeof fixed !== 'string' || fixed === '') return 'it is resolved without a version';
  // Every version has "mended" what was never there.
  if (fixed === '0') return { ...base, fixed: null, state: 'unknown', verdict: 'not-affected' };
  return { ...base, fixed, state: 'fixed' };
}

/** An urgency of `end-of-life` says that the release has no security support for the package (any more). */
function openState(release: Json | null, urgency: string): FixState {
  if (urgency === 'end-of-life') return 'end-of-life';
  if (release?.['nodsa_reason'] === 'ignored') return 'wont-fix';
  // No advisory for this alone: it waits for a point release, or for another advisory.
  return release?.['nodsa'] === undefined && release?.['nodsa_reason'] === undefined ? 'not-fixed' : 'deferred';
}

/** When the mend was published, as the lists say. */
function dateOf({ namespace, fixed }: AffectedRange, listed: readonly AffectedRange[]): Pick<AffectedRange, 'fixedAt'> {
  const same = listed.find((range) => range.namespace === namespace && range.fixed === fixed);
  return fixed === null || same?.fixedAt === undefined ? {} : { fixedAt: same.fixedAt };
}

/** `low**` is a tentative low; `not yet assigned` and `end-of-life` rate nothing. */
function severityOfUrgency(urgency: string): Severity {
  return severityOfWord(urgency.replace(/\*+$/, ''));
}

function highestOf(ranges: readonly AffectedRange[]): Severity {
  return ranges.reduce<Severity>((highest, { severity = 'Unknown', verdict }) => {
    return verdict !== 'not-affected' && severityRank(severity) > severityRank(highest) ? severity : highest;
  }, 'Unknown');
}

function titleOf(description: unknown): string | null {
  if (typeof description !== 'string') return null;
  return description.slice(0, 5000).replace(/\s+/g, ' ').trim().slice(0, 300) || null;
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
