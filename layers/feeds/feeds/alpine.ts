import { Fault } from '#core/fault.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part, readPart } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { highestFixes } from '../fix-choice.ts';

const base = 'https://secdb.alpinelinux.org';
const repositories = ['main', 'community'] as const;

/** The documents have a few megabytes. */
const documentBytes = 64 * 1024 * 1024;

/** The release of a namespace: `alpine:3.20` is the branch v3.20, `alpine:edge` is edge. */
const form = /^alpine:(\d{1,3}\.\d{1,3}|edge)$/;

/**
 * Alpine's security database (https://secdb.alpinelinux.org): by source package ("origin"), the versions that mend
 * vulnerabilities of a branch. It has neither severities nor vulnerabilities without a fix. One group a branch.
 */
export const alpine: Feed = {
  name: 'alpine',
  version: 1,
  knownGroups: [...Array.from({ length: 22 }, (_, minor) => `alpine:3.${minor + 3}`), 'alpine:edge'],
  groupsFor: (namespace) => (form.test(namespace) ? [namespace] : []),
  async fetch(world, group, mark) {
    const release = form.exec(group)?.[1];
    if (release === undefined)
      throw new Fault('input/invalid', `'${group}' is no group of the feed alpine; they are called alpine:3.20`);
    const branch = release === 'edge' ? 'edge' : `v${release}`;
    const urlOf = (repository: string) => `${base}/${branch}/${repository}.json`;
    const answer = await fetchParts(world, repositories.map(urlOf), mark);
    if (answer.kind === 'unchanged') return answer;
    const { parts } = answer;
    if (parts.get(urlOf('main')) === null) {
      await cancelParts(parts);
      return { kind: 'absent', reason: `Alpine has no security database for ${release} (${urlOf('main')})` };
    }
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: repositories
        .filter((repository) => parts.get(urlOf(repository)) === null)
        .map((name) => `${branch}/${name}.json`),
      async *records() {
        try {
          for (const repository of repositories) {
            const part = parts.get(urlOf(repository));
            if (part != null) yield* recordsOf(part, repository, group);
          }
        } finally {
          await cancelParts(parts);
        }
      },
    };
  },
};

async function* recordsOf(part: Part, repository: string, namespace: string): AsyncGenerator<Advisory | SetAside> {
  const json = parsed(await readPart(part, documentBytes), part.url);
  // A branch without a fix yet has null here.
  const packages = (json as { packages?: unknown } | null)?.packages ?? [];
  if (!Array.isArray(packages)) throw new Fault('feed/failed', `reading ${part.url}: 'packages' is not a list`);
  const merged = new Map<string, unknown[]>();
  for (const entry of packages) {
    const { name, secfixes } = (entry as { pkg?: { name?: unknown; secfixes?: unknown } } | null)?.pkg ?? {};
    if (typeof name === 'string' && name !== '' && name.length <= 200)
      merged.set(name, [...(merged.get(name) ?? []), secfixes]);
    else yield { record: `${repository}/${JSON.stringify(name)?.slice(0, 100)}`, reason: 'a package without a name' };
  }
  for (const [name, fixes] of merged) yield* packageRecords(`${repository}/${name}`, name, fixes, namespace);
}

function parsed(bytes: Buffer, url: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${url}: it is not JSON`, { cause });
  }
}

/**
 * One advisory for each vulnerability that a package was mended of. `0` says that the package was never affected: no
 * row. An id under several versions had to be mended again, or came back with a new release: affected below the highest of
 * them. (Each line alone says "affected below this version"; an id both under `0` and under a version is therefore kept.)
 */
function* packageRecords(
  place: string,
  name: string,
  fixes: readonly unknown[],
  namespace: string,
): Generator<Advisory | SetAside> {
  const ranges = new Map<string, AffectedRange[]>();
  const beside = new Map<string, Set<string>>();
  for (const [version, entries] of fixes.flatMap((fix) => (typeof fix === 'object' ? Object.entries(fix ?? {}) : []))) {
    if (version === '0') continue;
    for (const entry of Array.isArray(entries) ? entries : []) {
      const { ids, problem } = idsOf(entry);
      if (problem !== null) yield { record: `${place}/${version}`.slice(0, 300), reason: problem };
      for (const id of ids) {
        const range = {
          namespace,
          name,
          introduced: null,
          fixed: version,
          lastAffected: null,
          state: 'fixed' as const,
        };
        ranges.set(id, [...(ranges.get(id) ?? []), range]);
        const others = beside.get(id) ?? new Set();
        for (const other of ids) if (other !== id) others.add(other);
        beside.set(id, others);
      }
    }
  }
  for (const [id, affected] of ranges) {
    yield {
      record: `${place}/${id}`,
      id,
      aliases: [],
      // `CVE-2018-12891 XSA-264` is one thing, `CVE-2016-7912 CVE-2016-7913` two: nothing tells which, so they are not joined.
      related: [...(beside.get(id) ?? [])].sort().slice(0, 200),
      severity: 'Unknown',
      severitySource: null,
      title: null,
      urls: [`https://security.alpinelinux.org/vuln/${encodeURIComponent(id)}`],
      published: null,
      affected: highestFixes(affected),
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
