import { type Severity, severityOfWord, severityRank } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { cvssOf } from '../cvss-vector.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import type { NoticeDates } from './ubuntu-notices.ts';
import { packageRanges, readPackages, type UbuntuPackage } from './ubuntu-ranges.ts';
import type { Statements } from './ubuntu-statements.ts';

/** What stands beside the records. */
export interface UbuntuContext {
  readonly now: number;
  readonly dates: NoticeDates;
  readonly takeStatements: (id: string) => Statements;
}

/**
 * The advisory of a record of Canonical's OSV (`UBUNTU-CVE-2024-1234`), joined with what the statements say of the same
 * vulnerability. Withdrawn ones are none: then the statements are taken and dropped too.
 */
export function* ubuntuRecord(record: Json, path: string, context: UbuntuContext): Generator<Advisory | SetAside> {
  const id = text(record['id'], 90)?.replace(/^UBUNTU-/, '') ?? null;
  if (id === null) return yield { record: recordName(path), reason: 'the record has no id' };
  const statements = context.takeStatements(id);
  if (Date.parse(text(record['withdrawn'], 60) ?? '') <= context.now) return;
  const problems = new Set<string>();
  const packages = readPackages(record['affected'], problems);
  const affected = [...packages.values()].flatMap((found) => packageRanges(found, statements, context.dates));
  affected.push(...statedRanges(statements, packages));
  const [problem] = problems;
  // Under the record's own name, so that what is stored of it stays.
  if (problem !== undefined)
    yield { record: id, reason: problems.size === 1 ? problem : `${problem} (and ${problems.size - 1} more)` };
  if (affected.length === 0) return;
  const severity = priorityOf(record, packages);
  const cvss = vectorsOf(record['severity']);
  const related = array(record['related'])
    .flatMap((other) => text(other, 90) ?? [])
    .filter((other) => other !== id && !other.startsWith('UBUNTU-'));
  yield {
    record: id,
    id,
    aliases: [],
    related: related.slice(0, 200),
    severity,
    severitySource: severity === 'Unknown' ? null : 'ubuntu',
    ...(cvss.length === 0 ? {} : { cvss }),
    title: titleOf(record),
    urls: urlsOf(id, related),
    published: text(record['published'], 40),
    affected,
  };
}

/** The name that a document's record would have: the vulnerability's id. */
export function recordName(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/^UBUNTU-|\.json$/g, '')
    .slice(0, 300);
}

/** A vulnerability that only the statements know: they have neither its priority nor its description. */
export function statedAdvisory(id: string, statements: Statements): Advisory | null {
  const affected = statedRanges(statements, new Map());
  if (affected.length === 0) return null;
  return {
    record: id,
    id,
    aliases: [],
    related: [],
    severity: 'Unknown',
    severitySource: null,
    title: null,
    urls: urlsOf(id, []),
    published: null,
    affected,
  };
}

/**
 * Packages that only the statements name: Canonical does not mend them, and says so. Where the same package was cleared in
 * extended maintenance, the statement about the archive is older than what is known now.
 */
function statedRanges(statements: Statements, told: ReadonlyMap<string, UbuntuPackage>): readonly AffectedRange[] {
  return [...statements].flatMap(([key, { release, name, base, esm }]) => {
    if (told.has(key) || base === null || base === 'cleared' || base === 'under-investigation') return [];
    if (esm === 'cleared') return [];
    return { namespace: `ubuntu:${release}`, name, introduced: null, fixed: null, lastAffected: null, state: base };
  });
}

/** Ubuntu's own priority; older records have it at each package. `untriaged` rates nothing. */
function priorityOf(record: Json, packages: ReadonlyMap<string, UbuntuPackage>): Severity {
  const own = array(record['severity'])
    .map(object)
    .find((severity) => severity?.['type'] === 'Ubuntu');
  const words = own === undefined ? [...packages.values()].map(({ priority }) => priority) : [own?.['score']];
  return words
    .map((word) => severityOfWord(text(word, 40) ?? ''))
    .reduce<Severity>((highest, one) => (severityRank(one) > severityRank(highest) ? one : highest), 'Unknown');
}

function vectorsOf(severities: unknown) {
  const vectors = array(severities)
    .slice(0, 20)
    .map(object)
    .filter((severity) => /^CVSS_V\d$/.test(text(severity?.['type'], 20) ?? ''))
    .flatMap((severity) => cvssOf(text(severity?.['score'], 300) ?? '', 'ubuntu') ?? []);
  return [...new Map(vectors.map((one) => [one.vector, one])).values()].slice(0, 10);
}

function titleOf(record: Json): string | null {
  const written = text(record['summary'], 100_000) ?? text(record['details'], 1_000_000);
  return written?.slice(0, 5000).replace(/\s+/g, ' ').trim().slice(0, 300) || null;
}

function urlsOf(id: string, related: readonly string[]): readonly string[] {
  const notices = related.filter((other) => other.startsWith('USN-'));
  return [
    `https://ubuntu.com/security/${encodeURIComponent(id)}`,
    ...notices.map((notice) => `https://ubuntu.com/security/notices/${encodeURIComponent(notice)}`),
  ].slice(0, 10);
}
