import { Fault } from '#core/fault.ts';
import { jsonEntries } from '../json-entries.ts';

/** A vulnerability with hundreds of products has some hundred kB. */
const limits = { entryBytes: 32 * 1024 * 1024, keyBytes: 1024, depth: 32, list: 'vulnerabilities' };

/** What a page says of itself; a year file is one page. */
export interface NvdPage {
  /** Of all pages. */
  readonly totalResults: number;
  /** When the answer was made, milliseconds since the epoch, by NVD's clock; null where it is not told. */
  readonly timestamp: number | null;
}

/**
 * The items of `vulnerabilities` of a page of NVD's API 2.0, one after the other; after the last `onPage` is told of the page.
 * Throws `feed/failed` for what is no such page, and for one with another number of items than it announces.
 */
export async function* nvdItems(
  bytes: AsyncIterable<Uint8Array>,
  url: string,
  onPage?: (page: NvdPage) => void,
): AsyncGenerator<unknown> {
  const head = new Map<string, unknown>();
  let items = 0;
  for await (const [key, value] of jsonEntries(bytes, url, limits)) {
    if (key === limits.list) {
      items++;
      yield value;
    } else head.set(key, value);
  }
  const page = pageOf(head, url);
  const announced = head.get('resultsPerPage');
  if (announced !== items) {
    throw new Fault('feed/failed', `reading ${url}: it announces ${announced} items and has ${items}; try again later`);
  }
  onPage?.(page);
}

function pageOf(head: ReadonlyMap<string, unknown>, url: string): NvdPage {
  const total = head.get('totalResults');
  if (head.get('format') !== 'NVD_CVE' || typeof total !== 'number') {
    throw new Fault('feed/failed', `reading ${url}: it is no page of vulnerabilities of NVD's API 2.0`);
  }
  // UTC, to more digits than a millisecond, and without saying so.
  const text = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?/.exec(String(head.get('timestamp') ?? ''))?.[0];
  const timestamp = Date.parse(`${text}Z`);
  return { totalResults: total, timestamp: Number.isNaN(timestamp) ? null : timestamp };
}
