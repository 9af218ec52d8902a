import { Fault } from '#core/fault.ts';
import type { FeedRecord } from '../advisory.ts';
import type { Feed, FeedWorld, Mark } from '../feed.ts';
import { nvdChanges } from '../nvd/nvd-changes.ts';
import { type NvdOverrides, nvdOverrides } from '../nvd/nvd-overrides.ts';
import { nvdId } from '../nvd/nvd-id.ts';
import { type NvdYear, nvdYearItems, nvdYears } from '../nvd/nvd-years.ts';

/** A year file is written once a day: what has changed since may not be in it. */
const daily = 48 * 3_600_000;

/**
 * The National Vulnerability Database (https://nvd.nist.gov): ratings of every CVE, and the applications that it affects by their
 * CPEs, as corrected by Anchore.
 *
 * First by the files of all years, then by what the API says has changed since; where the API cannot tell (a mirror has none, the last
 * sync is too long ago) by the files of those years that have changed. One group for all: changes come for all years at once. NVD
 * rejects CVEs and removes none.
 */
export const nvd: Feed = {
  name: 'nvd',
  version: 1,
  knownGroups: ['nvd'],
  groupsFor: (namespace) => (namespace === 'cve' || namespace === 'cpe' ? ['nvd'] : []),
  demand: 'tell',
  async fetch(world, group, mark) {
    if (group !== 'nvd')
      throw new Fault('input/invalid', `'${group}' is no group of the feed nvd; there is only 'nvd'`);
    const news = (await newsByApi(world, mark)) ?? (await newsByYears(world, mark));
    if (news === null)
      return { kind: 'absent', reason: 'NVD has no year files (https://nvd.nist.gov/vuln/data-feeds)' };
    const overrides = await nvdOverrides(world, mark);
    if (!news.some && !overrides.changed) return { kind: 'unchanged' };
    return {
      kind: 'changed',
      mark: { ...news.mark, ...overrides.mark },
      complete: news.complete,
      missing: [...news.missing, ...(overrides.absent ? ['nvd-data-overrides'] : [])],
      records: () => recordsOf(news, overrides),
    };
  },
};

/** What upstream has to say since a mark. */
interface News {
  readonly mark: Mark;
  /** There are items. */
  readonly some: boolean;
  /** Every CVE is among them. */
  readonly complete: boolean;
  readonly missing: readonly string[];
  readonly items: () => AsyncIterable<unknown>;
}

async function newsByApi(world: FeedWorld, mark: Mark | null): Promise<News | null> {
  const since = Date.parse(mark?.['cursor'] ?? '');
  if (mark === null || Number.isNaN(since)) return null;
  const changes = await nvdChanges(world, since);
  if (changes === null) return null;
  return {
    mark: { ...yearMarks(mark), ...cursorMark(changes.until) },
    some: changes.total > 0,
    complete: false,
    missing: [],
    items: changes.items,
  };
}

async function newsByYears(world: FeedWorld, mark: Mark | null): Promise<News | null> {
  const { years, missing } = await nvdYears(world);
  if (years.length === 0) return null;
  const wanted = years.filter(({ year, sha256 }) => mark?.[yearKey(year)] !== sha256);
  const newest = Math.max(...years.map(({ modified }) => modified ?? 0));
  const now = Object.fromEntries(years.map(({ year, sha256 }) => [yearKey(year), sha256]));
  return {
    mark: { ...yearMarks(mark ?? {}), ...now, ...(newest > 0 ? cursorMark(newest - daily) : {}) },
    some: wanted.length > 0,
    complete: mark === null && missing.length === 0,
    missing,
    items: () => itemsOf(world, wanted),
  };
}

async function* itemsOf(world: FeedWorld, years: readonly NvdYear[]): AsyncGenerator<unknown> {
  for (const year of years) yield* nvdYearItems(world, year);
}

const yearKey = (year: number) => `year ${year}`;

function yearMarks(mark: Mark): Mark {
  return Object.fromEntries(Object.entries(mark).filter(([key]) => key.startsWith('year ')));
}

function cursorMark(time: number): Mark {
  return { cursor: new Date(time).toISOString() };
}

/** Corrections that are new are told also of CVEs in which nothing else has changed. */
async function* recordsOf(news: News, overrides: NvdOverrides): AsyncGenerator<FeedRecord> {
  const { cpeRecords, nvdRecords } = await import('../nvd/nvd-record.ts');
  try {
    const { configurations, aside } = await overrides.read();
    yield* aside;
    for await (const item of news.items()) {
      const id = nvdId(item) ?? '';
      yield* nvdRecords(item, configurations.get(id));
      configurations.delete(id);
    }
    if (overrides.changed) for (const [id, corrected] of configurations) yield* cpeRecords(id, corrected);
  } finally {
    await overrides.cancel();
  }
}
