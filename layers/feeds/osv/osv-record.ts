import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { lowestFixes } from '../fix-choice.ts';
import { namespaceComparator } from '../namespace-comparator.ts';
import { stretchesOf } from './osv-ranges.ts';
import { osvSeverity } from './osv-severity.ts';

/** What one ecosystem of OSV is called here and there. */
export interface OsvEcosystem {
  /** As OSV writes it, and so its folder in the bucket: `Rocky Linux`. */
  readonly name: string;
  /** The advisory namespace of a release (what stands after the colon, null when nothing does); null when there is none. */
  namespace(release: string | null): string | null;
  /** The name by which packages are judged; as it is when left out. */
  normalise?(name: string): string;
  /**
   * The records are errata of a distribution of binary rpms: only the ids that match are security, the word before the
   * colon of the summary is the severity, ids beside the record's own are CVEs that it mends and no aliases, and modules
   * have streams.
   */
  readonly errata?: RegExp;
}

const maxAffected = 20_000;
const maxName = 512;

/**
 * One OSV record (https://ossf.github.io/osv-schema/) as an advisory of this ecosystem. Nothing comes back for what is
 * no advisory of it: withdrawn, another ecosystem's only, informational, an erratum that is not about security. What
 * cannot be read comes back with its reason, beside the advisory where the rest of the record is good.
 */
export function osvAdvisory(
  json: unknown,
  file: string,
  ecosystem: OsvEcosystem,
  now: number,
): (Advisory | SetAside)[] {
  const record = object(json);
  const id = text(record?.['id'], 200);
  if (record === null || id === null) return [{ record: file.slice(0, 300), reason: 'the record has no id' }];
  if (isWithdrawn(record['withdrawn'], now) || ecosystem.errata?.test(id) === false) return [];
  const problems = new Set<string>();
  const affected = affectedOf(record, ecosystem, problems);
  const aside = [...problems].slice(0, 1).map((reason) => ({ record: id, reason: countOthers(reason, problems.size) }));
  if (affected.length === 0) return aside;
  const errata = ecosystem.errata !== undefined;
  const sameAs = idsOf(record['aliases'], id);
  const beside = [...new Set([...idsOf(record['related'], id), ...idsOf(record['upstream'], id)])];
  const aliases = errata ? [] : sameAs.slice(0, 50);
  const related = [...sameAs, ...beside].filter((other) => !aliases.includes(other));
  return [
    {
      record: id,
      id,
      aliases,
      related: [...new Set(related)].slice(0, 200),
      ...osvSeverity(record, id, errata),
      title: titleOf(record),
      urls: urlsOf(record, id),
      published: text(record['published'], 40),
      affected,
    },
    ...aside,
  ];
}

/** A moment in the future is an announcement; a text that is no time is taken at its word. */
function isWithdrawn(withdrawn: unknown, now: number): boolean {
  return typeof withdrawn === 'string' && withdrawn !== '' && !(Date.parse(withdrawn) > now);
}

function affectedOf(
  record: Readonly<Record<string, unknown>>,
  ecosystem: OsvEcosystem,
  problems: Set<string>,
): readonly AffectedRange[] {
  const found = new Map<string, AffectedRange>();
  const entries = array(record['affected']);
  if (entries.length > maxAffected) problems.add(`more than ${maxAffected} affected packages: the rest is left out`);
  for (const entry of entries.slice(0, maxAffected)) {
    const named = packageOf(object(entry), ecosystem, problems);
    if (named === null) continue;
    for (const range of rangesOf(named, problems)) {
      for (const placed of ecosystem.errata === undefined ? [range] : inStreams(range, record['summary'], problems)) {
        found.set(JSON.stringify(placed), placed);
      }
    }
  }
  return ecosystem.errata === undefined ? [...found.values()] : lowestFixes([...found.values()]);
}

interface NamedEntry {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly namespace: string;
  readonly name: string;
}

function packageOf(
  entry: Readonly<Record<string, unknown>> | null,
  ecosystem: OsvEcosystem,
  problems: Set<string>,
): NamedEntry | null {
  const its = object(entry?.['package']);
  const name = text(its?.['name'], maxName);
  const written = text(its?.['ecosystem'], 200);
  if (entry === null || name === null || written === null) return null;
  const colon = written.indexOf(':');
  const plain = (colon < 0 ? written : written.slice(0, colon)).trim().toLowerCase();
  if (plain !== ecosystem.name.toLowerCase()) return null;
  if (object(entry['database_specific'])?.['informational']) return null;
  const namespace = ecosystem.namespace(colon < 0 ? null : written.slice(colon + 1).trim());
  if (namespace === null) {
    problems.add(`the ecosystem '${written}' names no release that is known`);
    return null;
  }
  return { entry, namespace, name: ecosystem.normalise?.(name) ?? name };
}

function rangesOf({ entry, namespace, name }: NamedEntry, problems: Set<string>): AffectedRange[] {
  const comparator = namespaceComparator(namespace);
  if (comparator === null) return [];
  const found: AffectedRange[] = [];
  const upTo = text(object(entry['database_specific'])?.['last_known_affected_version_range'], 300);
  for (const range of array(entry['ranges'])) {
    const type = object(range)?.['type'];
    // Commits say nothing of package versions; the versions that upstream derived from them are in `versions`.
    if (type === 'GIT') continue;
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') {
      problems.add(`${name}: a range of the type ${JSON.stringify(type)?.slice(0, 50)}`);
      continue;
    }
    const stretches = stretchesOf(object(range)?.['events'], comparator, upTo);
    if (typeof stretches === 'string') problems.add(`${name}: ${stretches}`);
    else found.push(...stretches.map((stretch) => ({ namespace, name, ...stretch })));
  }
  const versions = array(entry['versions']).filter((version) => typeof version === 'string' && version.length <= 1000);
  if (versions.length > 0) {
    const none = { introduced: null, fixed: null, lastAffected: null, state: 'unknown' as const };
    found.push({ namespace, name, ...none, versions: versions as string[] });
  }
  return found;
}

/**
 * A build of a module says so in its release (`.module_el8`, `.module+el8`); the stream is told by the summary only
 * (`Important: nodejs:18 security update`). Where the summary names several, a package is in one of them: a row under the
 * others finds nothing.
 */
function inStreams(range: AffectedRange, summary: unknown, problems: Set<string>): AffectedRange[] {
  if (!/\.module[_+]el\d/.test(range.fixed ?? range.lastAffected ?? '')) return [range];
  const streams = typeof summary === 'string' ? (summary.slice(0, 500).match(/[\w][\w.+-]*:[\w.+-]*\w/g) ?? []) : [];
  if (streams.length === 0) problems.add('builds of a module whose stream the summary does not name');
  return streams.map((stream) => ({ ...range, name: `${stream}/${range.name}` }));
}

/** Ids in a stable order, each once, without the record's own. */
function idsOf(value: unknown, own: string): string[] {
  const ids = array(value).flatMap((id) => text(id, 100) ?? []);
  return [...new Set(ids)].filter((id) => id !== own).sort();
}

function titleOf(record: Readonly<Record<string, unknown>>): string | null {
  const title = text(record['summary'], 100_000) ?? text(record['details'], 1_000_000)?.split('\n', 1)[0];
  return title?.replace(/\s+/g, ' ').trim().slice(0, 300) || null;
}

/** The page of the record, then what upstream names, advisories first. */
function urlsOf(record: Readonly<Record<string, unknown>>, id: string): readonly string[] {
  const references = array(record['references']).slice(0, 200).map(object);
  const first = references.filter((reference) => reference?.['type'] === 'ADVISORY');
  const urls = [...first, ...references].map((reference) => text(reference?.['url'], 500) ?? '');
  const page = `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
  return [...new Set([page, ...urls.filter((url) => /^https?:\/\//.test(url))])].slice(0, 10);
}

function countOthers(reason: string, count: number): string {
  return count === 1 ? reason : `${reason} (and ${count - 1} more)`;
}

function object(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is there, is not blank and is no longer than it may be; null otherwise. NUL is no text for a database. */
function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string' || value.length > longest || value.includes('\0')) return null;
  return value.trim() || null;
}
