import { createHash } from 'node:crypto';
import { cancelParts, fetchParts, type Part } from '../conditional.ts';
import type { FeedWorld, Mark } from '../feed.ts';

/** What an ecosystem's list of changes says beside the mark of the last sync. */
export type OsvChanges =
  | { readonly kind: 'unchanged' }
  /** There is no list that could be read: the whole ecosystem has to be asked for, on its own condition. */
  | { readonly kind: 'unlisted' }
  /** The whole ecosystem is to be read. `newest` is the last change that the list has, in milliseconds since the epoch. */
  | { readonly kind: 'whole'; readonly newest: number; readonly mark: Mark }
  | { readonly kind: 'some'; readonly ids: readonly string[]; readonly mark: Mark };

const hour = 60 * 60 * 1000;
/** A record may be listed after others that were changed later. Older late-comers come with the next whole read. */
const window = 24 * hour;
/** More are fetched sooner as one zip. */
const maxChanged = 400;
/** Lines of the window that a mark remembers. */
const maxSeen = 400;
const maxListBytes = 256 * 1024 ** 2;
const maxLine = 400;
/** What was lost on the way is healed by a whole read after this long; OSV withdraws records and deletes none. */
const wholeEvery = 7 * 24 * hour;
/** The zip and the list are not made in the same moment. */
const zipLag = 2 * hour;

/**
 * Reads `modified_id.csv` of an ecosystem: a line `MOMENT,ID` for each record, the last changed first, as far down as the
 * mark reaches. The mark says from which moment on (`from`) which lines were `seen`, and when all was read (`whole`).
 */
export async function osvChanges(world: FeedWorld, url: string, mark: Mark | null): Promise<OsvChanges> {
  const place = placeOf(mark, world.clock.now());
  const list = await fetchParts(world, [url], place === null ? null : mark);
  if (list.kind === 'unchanged') return list;
  const part = list.parts.get(url) ?? null;
  if (part === null) return { kind: 'unlisted' };
  try {
    const lines = await linesSince(part, place?.from ?? Number.POSITIVE_INFINITY);
    const [newest] = lines ?? [];
    if (newest === undefined || lines === null) return { kind: 'unlisted' };
    const unseen = lines.filter(({ moment, hash }) => moment > (place?.from ?? 0) && !place?.seen.has(hash));
    if (place === null || unseen.length > maxChanged) {
      return { kind: 'whole', newest: newest.moment, mark: list.mark };
    }
    const ids = [...new Set(unseen.map(({ id }) => id))];
    return { kind: 'some', ids, mark: { ...list.mark, ...seenMark(lines, place), whole: mark?.['whole'] ?? '' } };
  } finally {
    await cancelParts(list.parts);
  }
}

/** The mark after everything was read from a zip that was last modified then (null: not told). */
export function wholeMark(newest: number, zipped: number | null, now: number): Mark {
  const from = Math.min(newest, zipped ?? newest) - zipLag;
  return { from: new Date(from).toISOString(), seen: '', whole: new Date(now).toISOString() };
}

interface Place {
  readonly from: number;
  readonly seen: ReadonlySet<string>;
}

/** Null where everything is to be read. */
function placeOf(mark: Mark | null, now: number): Place | null {
  const from = Date.parse(mark?.['from'] ?? '');
  const age = now - Date.parse(mark?.['whole'] ?? '');
  if (Number.isNaN(from) || !(age >= 0 && age < wholeEvery)) return null;
  return { from, seen: new Set((mark?.['seen'] ?? '').split(',')) };
}

function seenMark(lines: readonly Line[], place: Place): Mark {
  const reach = Math.max(place.from, (lines[0]?.moment ?? 0) - window);
  const within = lines.filter(({ moment }) => moment > reach);
  const from = within[maxSeen]?.moment ?? reach;
  const seen = within.filter(({ moment }) => moment > from).map(({ hash }) => hash);
  return { from: new Date(from).toISOString(), seen: seen.join(',') };
}

interface Line {
  readonly moment: number;
  readonly id: string;
  /** Tells the line from others of the window. */
  readonly hash: string;
}

/** The first line, and others that are later than `from`, up to some more than are wanted; null for a list that is none. */
async function linesSince(part: Part, from: number): Promise<readonly Line[] | null> {
  const lines: Line[] = [];
  for await (const text of textLines(part)) {
    const line = lineOf(text);
    if (line === null) return null;
    if (lines.length > 0 && (line.moment <= from || lines.length > maxChanged + maxSeen)) break;
    lines.push(line);
  }
  return lines;
}

async function* textLines(part: Part): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of part.stream(maxListBytes)) {
    const pieces = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    // A line that is too long is none, and need not be kept whole to be seen as such.
    rest = (pieces.pop() ?? '').slice(0, maxLine + 1);
    yield* pieces;
  }
  if (rest !== '') yield rest;
}

function lineOf(text: string): Line | null {
  const [, written, id] = /^([^,\s]+),(?:[^,]*\/)?([^,/\s]+)\s*$/.exec(text.length > maxLine ? '' : text) ?? [];
  const moment = Date.parse(written ?? '');
  if (id === undefined || Number.isNaN(moment)) return null;
  return { moment, id, hash: createHash('sha256').update(`${moment} ${id}`).digest('hex').slice(0, 8) };
}
