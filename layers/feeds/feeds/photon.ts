import { Fault } from '#core/fault.ts';
import { severityOfScore } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part, readPart } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { highestFixes } from '../fix-choice.ts';
import { object, text } from '../json-fields.ts';
import { binaryAndSource } from '../source-names.ts';

const base = 'https://packages.broadcom.com/photon/photon_cve_metadata';

/** The documents have some ten megabytes. */
const documentBytes = 128 * 1024 * 1024;

const form = /^photon:(\d{1,2}\.\d{1,2})$/;

/**
 * Photon OS's CVE metadata: by vulnerability and package, the version that mends, or that it is not affected. Packages are
 * called by their sources, since 2025 by their binaries too. One group a release.
 */
export const photon: Feed = {
  name: 'photon',
  version: 1,
  knownGroups: ['photon:1.0', 'photon:2.0', 'photon:3.0', 'photon:4.0', 'photon:5.0'],
  groupsFor: (namespace) => (form.test(namespace) ? [namespace] : []),
  async fetch(world, group, mark) {
    const release = form.exec(group)?.[1];
    if (release === undefined)
      throw new Fault('input/invalid', `'${group}' is no group of the feed photon; they are called photon:5.0`);
    const url = `${base}/cve_data_photon${release}.json`;
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `Photon OS has no vulnerability data for ${release} (${url})` };
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [],
      async *records() {
        try {
          yield* recordsOf(part, group);
        } finally {
          await cancelParts(answer.parts);
        }
      },
    };
  },
};

async function* recordsOf(part: Part, namespace: string): AsyncGenerator<Advisory | SetAside> {
  const entries = parsed(await readPart(part, documentBytes), part.url);
  const found = new Map<string, Vulnerability>();
  for (const [at, entry] of entries.entries()) {
    const id = text(object(entry)?.['cve_id'], 100);
    const name = text(object(entry)?.['pkg'], 200);
    const record = `${id ?? 'no id'} ${name ?? `entry ${at}`}`;
    if (id === null || name === null) yield { record, reason: 'an entry without a vulnerability or without a package' };
    else if (!known.test(id)) yield { record, reason: `'${id.slice(0, 80)}' is the id of no vulnerability` };
    else {
      const range = rangeOf(entry as Entry, namespace, name);
      if (typeof range === 'string') {
        yield { record, reason: range };
        continue;
      }
      const { scores, ranges } = found.get(id) ?? { scores: [], ranges: [] };
      found.set(id, { scores, ranges });
      scores.push(...scoreOf(entry as Entry));
      ranges.push(range);
    }
  }
  for (const [id, vulnerability] of found) yield advisoryOf(id, vulnerability);
}

/** `UNK-1` stands for what has no id. BDSA is Black Duck's. */
const known = /^(?:CVE-\d{4}-\d{4,12}|BDSA-\d{4}-\d{1,9}|GHSA(?:-[a-z0-9]{4}){3})$/;

type Entry = Readonly<Record<string, unknown>>;

/** What the entries of a vulnerability say. */
interface Vulnerability {
  readonly scores: number[];
  readonly ranges: AffectedRange[];
}

function parsed(bytes: Buffer, url: string): readonly unknown[] {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(json)) return json;
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${url}: it is not JSON`, { cause });
  }
  throw new Fault('feed/failed', `reading ${url}: it is not a list`);
}

/**
 * Older documents have no status: a version mends, `NA` means that none does. `Fixed` in `NA`: it is mended, but nobody says
 * in which version.
 */
function rangeOf(entry: Entry, namespace: string, name: string): AffectedRange | string {
  const status = text(entry['status'], 100);
  const version = text(entry['res_ver'], 200);
  const fixed = version === null || version === 'NA' ? null : version;
  const range = { namespace, name, introduced: null, lastAffected: null };
  if (status === 'Not Affected') return { ...range, fixed: null, state: 'unknown', verdict: 'not-affected' };
  if (status !== null && status !== 'Fixed') return `the status '${status}' is not known`;
  if (fixed !== null) return { ...range, fixed, state: 'fixed' };
  return { ...range, fixed: null, state: status === null ? 'not-fixed' : 'unknown' };
}

function scoreOf(entry: Entry): readonly number[] {
  const score = entry['cve_score'];
  return typeof score === 'number' && score >= 0 && score <= 10 ? [score] : [];
}

/**
 * A package that is named again was mended again. What is affected by one entry is not saved by another, and that a package
 * is not affected says nothing of others from its source.
 */
function advisoryOf(id: string, { scores, ranges }: Vulnerability): Advisory {
  const score = scores.reduce<number | null>((highest, one) => Math.max(highest ?? 0, one), null);
  const severity = score === null ? 'Unknown' : severityOfScore(score);
  const affected = new Set(ranges.flatMap(({ name, verdict }) => (verdict === undefined ? [name] : [])));
  const kept = ranges.filter(({ name, verdict }) => verdict === undefined || !affected.has(name));
  return {
    record: id,
    id,
    aliases: [],
    related: [],
    severity,
    severitySource: severity === 'Unknown' ? null : 'photon',
    title: null,
    urls: id.startsWith('CVE-') ? [`https://nvd.nist.gov/vuln/detail/${id}`] : [],
    published: null,
    affected: highestFixes(kept).flatMap((range) => (range.verdict === undefined ? binaryAndSource(range) : [range])),
  };
}
