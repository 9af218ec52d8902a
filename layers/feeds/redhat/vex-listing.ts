import { cancelParts, fetchParts, type Part, readPart } from '../conditional.ts';
import type { FeedWorld, Mark } from '../feed.ts';

/** What Red Hat lists of its documents: which changed when, and which are gone. */
export interface VexListing {
  /** Address of the folder that has the documents, with a slash behind. */
  readonly root: string;
  /** The lists are as they were when the mark was made; nothing else is told then. */
  readonly unchanged: boolean;
  /** The last changed first. */
  readonly changes: readonly Listed[];
  readonly deletions: readonly Listed[];
  /** Lines that name no document of a CVE. */
  readonly unread: number;
  /** Of the last change, milliseconds since the epoch. */
  readonly newest: number;
  readonly mark: Mark;
}

export interface Listed {
  /** `CVE-2024-6923`. */
  readonly id: string;
  /** `2024/cve-2024-6923.json`. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly moment: number;
}

/**
 * The documents as they are since 2023, and as they are since 2026. The older ones name the builds of all binary packages and
 * of the packages in modules, the newer ones not of all (https://redhatproductsecurity.github.io/security-data-guidelines/vex-beta/):
 * so the older are read as long as they are kept up.
 */
const roots = [
  'https://security.access.redhat.com/data/csaf/v2/vex/',
  'https://security.access.redhat.com/data/csaf/v2/vex-feed/',
] as const;

/** Documents change every day: a folder where none did for so long is given up. Milliseconds. */
const longestSilence = 21 * 24 * 3_600_000;

/** 50,000 lines have 3 MB. */
const listBytes = 64 * 1024 ** 2;

/** The listing of the folder that is kept up; null where there is none. */
export async function vexListing(world: FeedWorld, mark: Mark | null): Promise<VexListing | null> {
  let best: VexListing | null = null;
  for (const root of roots) {
    const listing = await listingOf(world, root, mark?.['root'] === root ? mark : null);
    if (listing === null) continue;
    if (world.clock.now() - listing.newest < longestSilence) return listing;
    if (best === null || listing.newest > best.newest) best = listing;
  }
  return best;
}

async function listingOf(world: FeedWorld, root: string, mark: Mark | null): Promise<VexListing | null> {
  const urls = { changes: `${root}changes.csv`, deletions: `${root}deletions.csv` };
  const answer = await fetchParts(world, Object.values(urls), mark);
  if (answer.kind === 'unchanged') {
    const newest = Date.parse(mark?.['newest'] ?? '');
    return { root, unchanged: true, changes: [], deletions: [], unread: 0, newest, mark: mark ?? {} };
  }
  try {
    const part = answer.parts.get(urls.changes) ?? null;
    if (part === null) return null;
    const changed = await listIn(part, world.clock.now());
    const deleted = await listIn(answer.parts.get(urls.deletions) ?? null, world.clock.now());
    const newest = changed.lines[0]?.moment ?? 0;
    return {
      root,
      unchanged: false,
      changes: changed.lines,
      deletions: deleted.lines,
      unread: changed.unread + deleted.unread,
      newest,
      mark: { ...answer.mark, root, newest: new Date(newest).toISOString() },
    };
  } finally {
    await cancelParts(answer.parts);
  }
}

/**
 * Lines `"2024/cve-2024-6923.json","2026-05-07T12:22:18+00:00"`, put in order; the last word on a document counts. None is later
 * than now: a slip in a year would hide everything that changes until then.
 */
async function listIn(
  part: Part | null,
  now: number,
): Promise<{ readonly lines: readonly Listed[]; readonly unread: number }> {
  if (part === null) return { lines: [], unread: 0 };
  const lines = new Map<string, Listed>();
  let unread = 0;
  for (const line of (await readPart(part, listBytes)).toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    const [, path, name, written] = /^"?(\d{4}\/(cve-\d{4}-\d{4,12})\.json)"?,"?([^",]{10,40})"?\s*$/i.exec(line) ?? [];
    const moment = Math.min(Date.parse(written ?? ''), now);
    if (path === undefined || name === undefined || Number.isNaN(moment)) unread++;
    else if (moment > (lines.get(path)?.moment ?? Number.NEGATIVE_INFINITY))
      lines.set(path, { id: name.toUpperCase(), path, moment });
  }
  return { lines: [...lines.values()].sort((a, b) => b.moment - a.moment), unread };
}
