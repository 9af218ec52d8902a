import { debianReleases } from '#core/distro.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import type { ListedAdvisory } from './debian-lists.ts';
import { highestFixes } from '../fix-choice.ts';

/** What the lists say of one vulnerability of one source package. */
export interface Listed {
  readonly package: string;
  readonly id: string;
  readonly advisories: Set<string>;
  readonly ranges: AffectedRange[];
  date: string | null;
  title: string | null;
}

/** The lists by source package and vulnerability, to be joined with the tracker; entries that it takes are taken out. */
export interface DebianIndex {
  /** What the lists say of this; it is then no more among the rest. */
  take(name: string, id: string): Listed | null;
  /** What nobody took, as advisories of their own; and the lines of releases that have no number. */
  rest(): Generator<Advisory | SetAside>;
}

/** `debian:12` for `bookworm`; null for a codename that is not known. */
export function debianNamespace(codename: string): string | null {
  return Object.hasOwn(debianReleases, codename) ? `debian:${debianReleases[codename]}` : null;
}

/** Where people read of a CVE, a DSA or a DLA. */
export function debianUrl(id: string): string {
  return `https://security-tracker.debian.org/tracker/${encodeURIComponent(id)}`;
}

/** Indexes advisories; one that names no CVE (some do, old ones and updates of data) is known by its own id. */
export function debianIndex(advisories: Iterable<ListedAdvisory>): DebianIndex {
  const listed = new Map<string, Listed>();
  const unknown = new Map<string, number>();
  for (const advisory of advisories) {
    for (const { codename, package: name, fixed, state } of advisory.fixes) {
      const namespace = debianNamespace(codename);
      if (namespace === null) {
        unknown.set(codename, (unknown.get(codename) ?? 0) + 1);
        continue;
      }
      for (const id of advisory.cves.length === 0 ? [advisory.id] : advisory.cves) {
        const entry = entryOf(listed, name, id, advisory);
        if (id !== advisory.id) entry.advisories.add(advisory.id);
        const fixedAt = fixed === null || advisory.date === null ? {} : { fixedAt: advisory.date };
        entry.ranges.push({ namespace, name, introduced: null, fixed, lastAffected: null, state, ...fixedAt });
      }
    }
  }
  return {
    take(name, id) {
      const key = `${name} ${id}`;
      const entry = listed.get(key) ?? null;
      listed.delete(key);
      return entry;
    },
    *rest() {
      for (const entry of listed.values()) yield advisoryOf(entry);
      for (const [codename, count] of unknown) {
        yield { record: `release ${codename}`, reason: `the codename is not known: ${count} lines of advisories` };
      }
    },
  };
}

/** What the lists say of releases, one range each: a fix that came later (a regression, an incomplete fix) counts. */
export function listedRanges(listed: Listed): readonly AffectedRange[] {
  const highest = highestFixes(listed.ranges);
  const fixed = new Set(highest.filter(({ state }) => state === 'fixed').map(({ namespace }) => namespace));
  const open = new Map<string, AffectedRange>();
  for (const range of highest)
    if (range.state !== 'fixed' && !fixed.has(range.namespace)) open.set(range.namespace, range);
  return [...highest.filter(({ state }) => state === 'fixed'), ...open.values()];
}

function entryOf(listed: Map<string, Listed>, name: string, id: string, advisory: ListedAdvisory): Listed {
  const key = `${name} ${id}`;
  const known = listed.get(key);
  if (known !== undefined) return known;
  const entry = {
    package: name,
    id,
    advisories: new Set<string>(),
    ranges: [],
    date: advisory.date,
    title: advisory.title,
  };
  listed.set(key, entry);
  return entry;
}

function advisoryOf(listed: Listed): Advisory {
  const related = [...listed.advisories].sort();
  return {
    record: `${listed.package} ${listed.id}`,
    id: listed.id,
    aliases: [],
    related: related.slice(0, 200),
    severity: 'Unknown',
    severitySource: null,
    title: listed.title,
    urls: [listed.id, ...related].slice(0, 10).map(debianUrl),
    published: listed.date,
    affected: listedRanges(listed),
  };
}
