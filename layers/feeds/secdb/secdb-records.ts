import { isDeepStrictEqual } from 'node:util';
import { Fault } from '#core/fault.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { type Part, readPart } from '../conditional.ts';
import { highestFixes } from '../fix-choice.ts';

/** Whose document it is. */
export interface SecdbSource {
  readonly namespace: string;
  /** What stands before the package's name in the names of records: `main/`, or nothing. */
  readonly prefix: string;
  /** Where people read of a vulnerability. */
  readonly urlOf: (id: string) => string;
}

/** The documents have a few megabytes. */
const documentBytes = 64 * 1024 * 1024;

/**
 * The records of a security database as Alpine writes it, and those who took its form over (Wolfi, Chainguard, MinimOS): by
 * source package ("origin"), the versions that mend vulnerabilities. It has neither severities nor vulnerabilities without a
 * fix. Throws `feed/failed` for a document that is cut off or has another form.
 */
export async function* secdbRecords(part: Part, source: SecdbSource): AsyncGenerator<Advisory | SetAside> {
  const json = parsed(await readPart(part, documentBytes), part.url);
  // A branch without a fix yet has null here, or `{}`: Lua, which writes these files, knows no other empty list.
  const said = (json as { packages?: unknown } | null)?.packages ?? [];
  const packages = isDeepStrictEqual(said, {}) ? [] : said;
  if (!Array.isArray(packages)) throw new Fault('feed/failed', `reading ${part.url}: 'packages' is not a list`);
  const merged = new Map<string, unknown[]>();
  for (const entry of packages) {
    const { name, secfixes } = (entry as { pkg?: { name?: unknown; secfixes?: unknown } } | null)?.pkg ?? {};
    if (typeof name === 'string' && name !== '' && name.length <= 200)
      merged.set(name, [...(merged.get(name) ?? []), secfixes]);
    else
      yield {
        record: `${source.prefix}${JSON.stringify(name)?.slice(0, 100)}`,
        reason: 'a package without a name',
      };
  }
  for (const [name, fixes] of merged) yield* packageRecords(name, fixes, source);
}

function parsed(bytes: Buffer, url: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${url}: it is not JSON`, { cause });
  }
}

/**
 * One advisory for each vulnerability that a package was mended of, or never had: that is what version `0` says. An id under
 * several versions had to be mended again, or came back with a new release: affected below the highest of them. (Each line
 * alone says "affected below this version"; an id both under `0` and under a version is therefore affected.)
 */
function* packageRecords(
  name: string,
  fixes: readonly unknown[],
  { namespace, prefix, urlOf }: SecdbSource,
): Generator<Advisory | SetAside> {
  const ranges = new Map<string, AffectedRange[]>();
  const beside = new Map<string, Set<string>>();
  const below = (fixed: string | null) => ({ namespace, name, introduced: null, fixed, lastAffected: null });
  for (const [version, entries] of fixes.flatMap((fix) => (typeof fix === 'object' ? Object.entries(fix ?? {}) : []))) {
    for (const entry of Array.isArray(entries) ? entries : []) {
      const { ids, problem } = idsOf(entry);
      if (problem !== null) yield { record: `${prefix}${name}/${version}`.slice(0, 300), reason: problem };
      for (const id of ids) {
        const own = ranges.get(id) ?? [];
        if (version !== '0') own.push({ ...below(version), state: 'fixed' });
        ranges.set(id, own);
        const others = beside.get(id) ?? new Set();
        for (const other of ids) if (other !== id) others.add(other);
        beside.set(id, others);
      }
    }
  }
  for (const [id, affected] of ranges) {
    yield {
      record: `${prefix}${name}/${id}`,
      id,
      aliases: [],
      // `CVE-2018-12891 XSA-264` is one thing, `CVE-2016-7912 CVE-2016-7913` two: nothing tells which, so they are not joined.
      related: [...(beside.get(id) ?? [])].sort().slice(0, 200),
      severity: 'Unknown',
      severitySource: null,
      title: null,
      urls: [urlOf(id)],
      published: null,
      affected:
        affected.length > 0 ? highestFixes(affected) : [{ ...below(null), state: 'unknown', verdict: 'not-affected' }],
    };
  }
}

/**
 * The ids of one entry: usually one, at times several with spaces between, or with remarks behind (`CVE-2018-10103 (SMB)`).
 * Slips are mended: `CVE_2019-1`, `CVE 2019-1`, `CVE-2019-1.patch`, and the numbered patches of `CVE-2017-17434-1`.
 */
function idsOf(entry: unknown): { ids: readonly string[]; problem: string | null } {
  if (typeof entry !== 'string') return { ids: [], problem: 'an entry is not a text' };
  const words = entry
    .slice(0, 2000)
    .replace(/\bCVE[ _]+(?=\d{4}-\d)/gi, 'CVE-')
    .replace(/\([^)]*\)?/g, ' ')
    .split(/[\s,]+/)
    .filter(Boolean);
  const ids = words.flatMap((word) => {
    const cve = /^CVE-\d{4}-\d{4,12}/i.exec(word)?.[0].toUpperCase();
    return cve ?? (!/^CVE/i.test(word) && otherId.test(word) && word.length <= 100 ? word : []);
  });
  const broken = words.find((word) => /^CVE/i.test(word) && !/^CVE-\d{4}-\d{4}/i.test(word));
  if (broken !== undefined) return { ids: [...new Set(ids)], problem: `'${broken.slice(0, 80)}' is no CVE id` };
  if (ids.length === 0) return { ids, problem: `'${entry.slice(0, 80)}' names no vulnerability` };
  return { ids: [...new Set(ids)], problem: null };
}

/** `XSA-123`, `TALOS-2017-0001`, `wnpa-sec-2018-01`, `GHSA-abcd-efgh-jkmp`: a name, then parts of which one has a digit. */
const otherId = /^(?:GHSA(?:-[a-z0-9]{4}){3}|[A-Za-z][A-Za-z0-9]*-[\w.:-]*\d[\w.:-]*)$/;
