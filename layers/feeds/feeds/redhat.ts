import { Fault } from '#core/fault.ts';
import type { FeedRecord } from '../advisory.ts';
import { fetchParts, type Part, readPart } from '../conditional.ts';
import type { Feed, Fetched, FeedWorld, Mark } from '../feed.ts';
import { archivedDocuments, documentBytes } from '../redhat/vex-archive.ts';
import { type Listed, type VexListing, vexListing } from '../redhat/vex-listing.ts';

/** Documents that one sync asks for one by one; the next sync goes on. */
const maxChanged = 4000;

/** More changes than this are had sooner with a new archive. */
const manyChanged = 1000;

const day = 24 * 3_600_000;

/**
 * Red Hat's VEX documents (https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/): for each CVE, what has
 * it and where it is mended, in all releases and streams of Red Hat Enterprise Linux from 5 on. First they come as one archive,
 * then as the documents that changed. Advisories (RHSA) are not read: documents name them, with their dates, for each mend.
 */
export const redhat: Feed = {
  name: 'redhat',
  version: 1,
  knownGroups: ['redhat'],
  // Some 300 MB and a few minutes: nobody waits for that in front of a scan.
  demand: 'tell',
  groupsFor: (namespace) => (/^rhel:\d/.test(namespace) ? ['redhat'] : []),
  async fetch(world, group, mark) {
    if (group !== 'redhat')
      throw new Fault('input/invalid', `'${group}' is no group of the feed redhat; there is only 'redhat'`);
    const listing = await vexListing(world, mark);
    if (listing === null) return { kind: 'absent', reason: 'Red Hat has no list of VEX documents' };
    if (listing.unchanged) return { kind: 'unchanged' };
    const through = mark?.['root'] === listing.root ? Date.parse(mark['through'] ?? '') : Number.NaN;
    if (mark === null || Number.isNaN(through)) return await whole(world, listing, null);
    const changed = listing.changes.filter(({ moment }) => moment >= through);
    const renewed = changed.length > manyChanged ? await whole(world, listing, mark) : null;
    return renewed?.kind === 'changed' ? renewed : changesSince(world, listing, through, mark);
  },
};

/** Everything: the documents that changed since the archive was made, then the others as the archive has them. */
async function whole(world: FeedWorld, listing: VexListing, mark: Mark | null): Promise<Fetched> {
  const latest = `${listing.root}archive_latest.txt`;
  const named = await optionalPart(world, latest);
  if (named === null) return { kind: 'absent', reason: `Red Hat has no archive of VEX documents (${latest})` };
  const name = (await readPart(named, 1000)).toString('utf8').trim();
  if (!/^[\w.-]{1,100}\.tar(?:\.(?:zst|gz|bz2))?$/.test(name)) {
    throw new Fault('feed/failed', `reading ${latest}: '${name.slice(0, 100)}' is no name of an archive`);
  }
  const url = `${listing.root}${name}`;
  const answer = await fetchParts(world, [url], mark);
  if (answer.kind === 'unchanged') return answer;
  const archive = answer.parts.get(url) ?? null;
  if (archive === null)
    throw new Fault('feed/failed', `fetching ${url}: the archive that ${latest} names is not there`);
  const made = madeAt(name, answer.mark[`modified ${url}`], listing.newest);
  const { changed, left, through } = changedSince(listing, made);
  return {
    kind: 'changed',
    mark: markAfter(listing, { ...answer.mark, through }, left),
    missing: missingOf(left),
    async *records() {
      try {
        yield* unreadLines(listing);
        const told = new Set(listing.deletions.filter(({ moment }) => moment >= made).map(({ id }) => id));
        for await (const [{ id }, bytes] of documentsOf(world, listing.root, changed)) {
          told.add(id);
          if (bytes !== null) yield* recordsOf(bytes, id);
        }
        for await (const one of archivedDocuments(archive, world.temporaryFile('redhat-vex.tar'), told)) {
          if ('reason' in one) yield one;
          else yield* recordsOf(one.bytes, one.id);
        }
      } finally {
        await archive.cancel();
      }
    },
  };
}

/** When the documents of an archive were gathered, milliseconds since the epoch; rather too early than too late. */
function madeAt(name: string, modified: string | undefined, newest: number): number {
  const dated = Date.parse(/_(\d{4}-\d\d-\d\d)\.tar/.exec(name)?.[1] ?? '');
  if (!Number.isNaN(dated)) return dated;
  const written = Date.parse(modified ?? '');
  return Number.isNaN(written) ? newest - 7 * day : written - day;
}

function changesSince(world: FeedWorld, listing: VexListing, since: number, before: Mark): Fetched {
  const { changed, left, through } = changedSince(listing, since);
  const living = new Map(listing.changes.map(({ id, moment }) => [id, moment]));
  // A document that came back stands in both lists.
  const gone = listing.deletions.filter(({ id, moment }) => moment >= since && !(living.get(id)! >= moment));
  return {
    kind: 'changed',
    complete: false,
    mark: markAfter(listing, { ...ofArchive(before), through }, left),
    missing: missingOf(left),
    async *records() {
      yield* unreadLines(listing);
      for (const { id } of gone) yield { record: id, removed: true };
      for await (const [{ id }, bytes] of documentsOf(world, listing.root, changed)) {
        let said = false;
        for await (const one of bytes === null ? [] : recordsOf(bytes, id)) {
          said = true;
          yield one;
        }
        if (!said) yield { record: id, removed: true };
      }
    },
  };
}

/** The first of the changes since then, as many as one sync takes. */
function changedSince({ changes }: VexListing, since: number) {
  const all = changes.filter(({ moment }) => moment >= since).reverse();
  const changed = all.slice(0, maxChanged);
  const last = changed.at(-1)?.moment ?? since;
  return { changed, left: all.length - changed.length, through: new Date(last).toISOString() };
}

/** Lists that were not worked off are to be had again, also when they do not change. */
function markAfter(listing: VexListing, added: Mark, left: number): Mark {
  const { root = '', newest = '' } = listing.mark;
  return { ...(left === 0 ? listing.mark : { root, newest }), ...added };
}

/** What a mark says of the archive that was read last. */
function ofArchive(mark: Mark): Mark {
  return Object.fromEntries(Object.entries(mark).filter(([key]) => /\.tar(?:\.\w+)?$/.test(key)));
}

function missingOf(left: number): readonly string[] {
  return left === 0 ? [] : [`${left} documents that changed: the next sync goes on`];
}

function* unreadLines({ root, unread }: VexListing): Generator<FeedRecord> {
  if (unread > 0) yield { record: root, reason: `lines of its lists that name no document of a CVE: ${unread}` };
}

/** Each document, the next being fetched meanwhile; null where it is not there any more. */
async function* documentsOf(
  world: FeedWorld,
  root: string,
  listed: readonly Listed[],
): AsyncGenerator<readonly [Listed, Buffer | null]> {
  const load = async (one: Listed) => {
    const part = await optionalPart(world, `${root}${one.path}`);
    return [one, part === null ? null : await readPart(part, documentBytes)] as const;
  };
  let next = listed[0] === undefined ? null : load(listed[0]);
  for (let at = 1; next !== null; at++) {
    const current: typeof next = next;
    const following = listed[at];
    next = following === undefined ? null : load(following);
    // Whoever stops reading does not see this one fail.
    next?.catch(() => {});
    yield await current;
  }
}

async function optionalPart(world: FeedWorld, url: string): Promise<Part | null> {
  const answer = await fetchParts(world, [url], null);
  return answer.kind === 'changed' ? (answer.parts.get(url) ?? null) : null;
}

async function* recordsOf(bytes: Buffer, id: string): AsyncGenerator<FeedRecord> {
  const { vexAdvisory } = await import('../redhat/vex-advisory.ts');
  const document = await readDocument(bytes, id);
  if (document === null) return;
  if (typeof document === 'string') yield { record: id, reason: document };
  else if (document.id !== id) yield { record: id, reason: `its document is about ${document.id}` };
  else yield* vexAdvisory(document);
}

/** A document that is damaged costs itself only. */
async function readDocument(bytes: Buffer, id: string) {
  const { vexDocument } = await import('../redhat/vex-document.ts');
  try {
    return await vexDocument(bytes, id);
  } catch (thrown) {
    return Fault.from(thrown).message;
  }
}
