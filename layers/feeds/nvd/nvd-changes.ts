import { Fault } from '#core/fault.ts';
import { discard, send } from '#platform/send.ts';
import { userAgent } from '../conditional.ts';
import type { FeedWorld } from '../feed.ts';
import { type NvdPage, nvdItems } from './nvd-items.ts';
import { nvdId } from './nvd-id.ts';

const api = 'https://services.nvd.nist.gov/rest/json/cves/2.0';

const hours = 3_600_000;

/** What the API allows in one question (https://nvd.nist.gov/developers/vulnerabilities). */
const longestWindow = 120 * 24 * hours;
const pageItems = 2000;

/** More changes than these are had sooner from the year files: a page takes half a minute, and six seconds of rest. */
const mostChanges = 20_000;

/** A change may come to the servers of the API later than its time says. */
const overlap = 2 * hours;

const pageBytes = 512 * 1024 * 1024;

/** A list that changes while it is read is read again. */
const passes = 4;

/** How often somebody who is turned away for asking too much asks again, and after how long. */
const refusals = { most: 4, pauseMs: 30_000 } as const;

export interface NvdChanges {
  readonly total: number;
  /** Where the next question begins, milliseconds since the epoch. */
  readonly until: number;
  /** The changed items, each once. */
  readonly items: () => AsyncIterable<unknown>;
}

/**
 * What has changed at NVD since a moment (milliseconds since the epoch); null where the year files tell it better: too long
 * ago, too much, a mirror that has no API, or an API that keeps turning us away. Throws `network/*`, and `feed/failed` for other answers.
 */
export async function nvdChanges(world: FeedWorld, since: number): Promise<NvdChanges | null> {
  const end = world.clock.now();
  if (!(end - since < longestWindow - overlap)) return null;
  const window = `lastModStartDate=${timeOf(since - overlap)}&lastModEndDate=${timeOf(Math.max(end, since))}`;
  const page = await probe(world, window);
  if (page === null) return null;
  const { totalResults: total, timestamp } = page;
  if (total > mostChanges) return null;
  // By NVD's clock: ours may be fast.
  return { total, until: Math.min(end, timestamp ?? end), items: () => itemsOf(world, window) };
}

async function probe(world: FeedWorld, window: string): Promise<NvdPage | null> {
  const response = await ask(world, `${api}?${window}&resultsPerPage=1&startIndex=0`);
  if (response === null) return null;
  const pages: NvdPage[] = [];
  await Array.fromAsync(nvdItems(bodyOf(response), api, (page) => void pages.push(page)));
  return pages[0] ?? null;
}

/** RFC 3339 with the offset's `+` or `Z` as the API wants it. */
function timeOf(time: number): string {
  return encodeURIComponent(new Date(time).toISOString());
}

/**
 * All pages. An item that is changed once more while they are read leaves the window, and all behind it move up by one, so
 * that one could be missed between two pages: then all are read again.
 */
async function* itemsOf(world: FeedWorld, window: string): AsyncGenerator<unknown> {
  const given = new Set<string>();
  for (let pass = 1; pass <= passes; pass++) {
    let total = Number.POSITIVE_INFINITY;
    let moved = false;
    for (let start = 0; start < total; start += pageItems) {
      const url = `${api}?${window}&resultsPerPage=${pageItems}&startIndex=${start}`;
      const response = await ask(world, url);
      if (response === null) throw failed('it stops answering between two pages');
      const items = nvdItems(bodyOf(response), url, ({ totalResults }) => {
        moved ||= start > 0 && totalResults !== total;
        total = totalResults;
      });
      for await (const item of items) {
        const id = nvdId(item);
        if (id === null || !given.has(id)) yield item;
        if (id !== null) given.add(id);
      }
    }
    if (!moved) return;
  }
  throw failed('its list of changes changes faster than it can be read');
}

/** An answer of 200; null where there is no API for us. NVD says 403 to those who ask too often, and 404 with a reason for a wrong key. */
async function ask(world: FeedWorld, url: string): Promise<Response | null> {
  for (let refused = 0; ; refused++) {
    const response = await send(world, url, { headers: { 'user-agent': userAgent }, timeout: 120_000 });
    if (response.status === 200) return response;
    const reason = response.headers.get('message');
    await discard(response);
    if (response.status === 404 && reason === null) return null;
    if (response.status !== 403) {
      throw failed(`it answers ${response.status}${reason === null ? '' : ` (${reason.slice(0, 100)})`}`);
    }
    if (refused >= refusals.most) return null;
    await world.clock.sleep(refusals.pauseMs);
  }
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  let read = 0;
  try {
    for await (const bytes of response.body ?? []) {
      read += bytes.length;
      if (read > pageBytes) throw failed(`a page has more than ${pageBytes} bytes`);
      yield bytes;
    }
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault('network/unreachable', `reading ${api}: it broke off after ${read} bytes; try again`, {
      cause: thrown,
    });
  }
}

function failed(problem: string): Fault {
  return new Fault('feed/failed', `asking NVD for changes (${api}): ${problem}; try again later, or check the key`);
}
