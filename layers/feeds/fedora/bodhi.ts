import { Fault } from '#core/fault.ts';
import { fetchParts, readPart } from '../conditional.ts';
import type { FeedWorld } from '../feed.ts';
import { array, type Json, object, text } from '../json-fields.ts';

const bodhi = 'https://bodhi.fedoraproject.org';

/** An update comes with all that was said of it; a hundred of them have a few megabytes. */
const pageBytes = 256 * 1024 * 1024;
const rows = 100;
const maxPages = 2000;

/** A page of a list of Bodhi (https://bodhi.fedoraproject.org/docs/server_api/rest/). */
export interface BodhiPage {
  readonly items: readonly unknown[];
  readonly pages: number;
  /** Of all pages. */
  readonly total: number;
}

/** One page of a list, counted from 1; null where Bodhi has no such list. Throws `feed/failed` for what is none. */
export async function bodhiPage(
  world: FeedWorld,
  list: 'releases' | 'updates',
  question: Readonly<Record<string, string>>,
  page: number,
): Promise<BodhiPage | null> {
  const asked = new URLSearchParams({ ...question, rows_per_page: String(rows), page: String(page) });
  const url = `${bodhi}/${list}/?${asked}`;
  const answer = await fetchParts(world, [url], null);
  const part = answer.kind === 'changed' ? (answer.parts.get(url) ?? null) : null;
  if (part === null) return null;
  const json = parsed(await readPart(part, pageBytes), url);
  const pages = json['pages'];
  const total = json['total'];
  if (!Array.isArray(json[list]) || !isCount(pages) || !isCount(total) || pages > maxPages)
    throw new Fault('feed/failed', `reading ${url}: it is no page of ${list}; try again later`);
  return { items: json[list], pages, total };
}

/** The names of the releases that have this prefix and version: `F42` of `FEDORA` 42, `EPEL-10.0` and `EPEL-10.1` of `FEDORA-EPEL` 10. */
export async function bodhiReleases(world: FeedWorld, prefix: string, version: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const found = await bodhiPage(world, 'releases', {}, page);
    for (const release of array(found?.items).map(object)) {
      const own = text(release?.['version'], 20)?.split('.', 1)[0];
      const name = text(release?.['name'], 60);
      if (release?.['id_prefix'] === prefix && own === version && name !== null) names.push(name);
    }
    pages = found?.pages ?? 0;
  }
  return names;
}

function parsed(bytes: Buffer, url: string): Json {
  try {
    return object(JSON.parse(bytes.toString('utf8'))) ?? {};
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${url}: it is not JSON; try again later`, { cause });
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
