import { Fault } from '#core/fault.ts';
import { fetchParts, readPart } from '../conditional.ts';
import type { FeedWorld } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import { nvdItems } from './nvd-items.ts';
import { nvdId } from './nvd-id.ts';

/** The file of 2002 has everything before, too. */
const firstYear = 2002;

/** A year has up to 150 MB when inflated, a `.meta` five lines. */
const yearBytes = 2 * 1024 ** 3;
const metaBytes = 64 * 1024;

/** A file that breaks off is asked for again: of thirty large ones some do. */
const attempts = 3;

/** A year file as its `.meta` tells of it. */
export interface NvdYear {
  readonly year: number;
  /** SHA-256 of the JSON text, lower case. */
  readonly sha256: string;
  /** Milliseconds since the epoch; null where it is not told. */
  readonly modified: number | null;
}

const urlOf = (year: number) => `https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-${year}`;

/** The years that upstream has, by their `.meta` (https://nvd.nist.gov/vuln/data-feeds), and the names of those that it lacks. */
export async function nvdYears(world: FeedWorld): Promise<{
  readonly years: readonly NvdYear[];
  readonly missing: readonly string[];
}> {
  const now = new Date(world.clock.now()).getUTCFullYear();
  const all = Array.from({ length: Math.max(1, Math.min(200, now - firstYear + 1)) }, (_, at) => firstYear + at);
  const answer = await fetchParts(
    world,
    all.map((year) => `${urlOf(year)}.meta`),
    null,
  );
  const years: NvdYear[] = [];
  const missing: string[] = [];
  for (const year of all) {
    const part = answer.kind === 'changed' ? (answer.parts.get(`${urlOf(year)}.meta`) ?? null) : null;
    // A year has no file before its first vulnerability.
    if (part === null && year < now) missing.push(`nvdcve-2.0-${year}`);
    if (part !== null) years.push(readMeta(year, (await readPart(part, metaBytes)).toString('utf8')));
  }
  return { years, missing };
}

/** `lastModifiedDate:2026-11-21T03:00:00-05:00`, `size:...`, `sha256:...`, a line each. */
function readMeta(year: number, text: string): NvdYear {
  const sha256 = /^sha256:\s*([0-9a-f]{64})\s*$/im.exec(text)?.[1]?.toLowerCase();
  if (sha256 === undefined) {
    throw new Fault('feed/failed', `reading ${urlOf(year)}.meta: it has no checksum; try again later`);
  }
  const modified = Date.parse(/^lastModifiedDate:\s*(\S{1,40})\s*$/im.exec(text)?.[1] ?? '');
  return { year, sha256, modified: Number.isNaN(modified) ? null : modified };
}

/** The items of a year's file, each once. Throws `network/*`, and `feed/failed` for a file that is damaged or not whole. */
export async function* nvdYearItems(world: FeedWorld, { year }: NvdYear): AsyncGenerator<unknown> {
  const url = `${urlOf(year)}.json.gz`;
  const given = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetchParts(world, [url], null);
      const part = answer.kind === 'changed' ? (answer.parts.get(url) ?? null) : null;
      if (part === null) throw new Fault('feed/failed', `fetching ${url}: it is not there, but its .meta is`);
      for await (const item of nvdItems(inflatedPart(part, yearBytes), url)) {
        const id = nvdId(item);
        if (id !== null && given.has(id)) continue;
        if (id !== null) given.add(id);
        yield item;
      }
      return;
    } catch (thrown) {
      if (attempt >= attempts || !(thrown instanceof Fault) || thrown.code !== 'network/unreachable') throw thrown;
      world.log.info('a file of NVD broke off and is asked for again', { url, attempt });
    }
  }
}
