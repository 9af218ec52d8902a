import type { FixState } from '#schema/finding.ts';
import type { Comparator } from '#versions/comparator.ts';

/** What an OSV range says in one stretch. */
export interface Stretch {
  readonly introduced: string | null;
  readonly fixed: string | null;
  readonly lastAffected: string | null;
  readonly state: FixState;
}

type EventKind = 'introduced' | 'fixed' | 'last_affected' | 'limit';

interface RangeEvent {
  readonly kind: EventKind;
  readonly version: string;
}

const kinds: readonly EventKind[] = ['introduced', 'fixed', 'last_affected', 'limit'];
const maxEvents = 2000;

/**
 * The stretches of versions of one OSV range (OSV schema, "Evaluation"): events are sorted by the scheme, then each
 * `introduced` opens a stretch and the next `fixed` or `last_affected` closes it; a `limit` closes what is still open
 * there. Where a version cannot be placed by the scheme the events are paired as they stand. `upTo` is the bound of an
 * open range that GHSA keeps beside it (`<= 1.2.3`, `< 1.2.3`). Text says why a range cannot be read.
 */
export function stretchesOf(events: unknown, comparator: Comparator, upTo: string | null): readonly Stretch[] | string {
  const read = readEvents(events);
  if (typeof read === 'string') return read;
  const limit = highestLimit(read, comparator);
  const walked = walk(
    sorted(
      read.filter(({ kind }) => kind !== 'limit'),
      comparator,
    ),
    knownBound(upTo),
  );
  if (limit === null) return walked;
  return walked.flatMap((stretch) => limited(stretch, limit, comparator));
}

function readEvents(events: unknown): RangeEvent[] | string {
  if (!Array.isArray(events) || events.length === 0) return 'a range has no events';
  if (events.length > maxEvents) return `a range has more than ${maxEvents} events`;
  const read: RangeEvent[] = [];
  for (const event of events) {
    if (typeof event !== 'object' || event === null) continue;
    for (const kind of kinds) {
      const version = (event as Record<string, unknown>)[kind];
      if (version === undefined || version === null) continue;
      if (typeof version !== 'string') return `the event ${kind} of a range is not a text`;
      read.push({ kind, version: version.trim() });
    }
  }
  return read.some(({ kind }) => kind === 'introduced') ? read : 'a range has no event introduced';
}

/** `0` is below every version, whatever the scheme says of it (`0-alpha`, `0~rc` are not below their beginning). */
const isBeginning = ({ kind, version }: RangeEvent) => kind === 'introduced' && version === '0';

/** By version; events of the same version stay as upstream put them: `fixed 1, introduced 1` is not `introduced 1, fixed 1`. */
function sorted(events: readonly RangeEvent[], comparator: Comparator): readonly RangeEvent[] {
  const placed = events.map((event) => ({ event, key: isBeginning(event) ? null : comparator.key(event.version) }));
  const keyed: { event: RangeEvent; key: Uint8Array | null }[] = [];
  for (const { event, key } of placed) {
    if (key !== null && !(key instanceof Uint8Array)) return events;
    keyed.push({ event, key });
  }
  const rank = (a: Uint8Array | null, b: Uint8Array | null) =>
    a === null || b === null ? Number(b === null) - Number(a === null) : Buffer.compare(a, b);
  return keyed.sort((a, b) => rank(a.key, b.key)).map(({ event }) => event);
}

function walk(events: readonly RangeEvent[], upTo: Pick<Stretch, 'fixed' | 'lastAffected'> | null): Stretch[] {
  const stretches: Stretch[] = [];
  let open: string | null | undefined;
  for (const event of events) {
    if (event.kind === 'introduced') {
      if (open === undefined) open = isBeginning(event) ? null : event.version;
      continue;
    }
    if (open === undefined) continue;
    const fixed = event.kind === 'fixed' ? event.version : null;
    const lastAffected = event.kind === 'last_affected' ? event.version : null;
    stretches.push({ introduced: open, fixed, lastAffected, state: fixed === null ? 'unknown' : 'fixed' });
    open = undefined;
  }
  if (open === undefined) return stretches;
  const end =
    upTo === null
      ? { fixed: null, lastAffected: null, state: 'not-fixed' as const }
      : { ...upTo, state: 'unknown' as const };
  stretches.push({ introduced: open, ...end });
  return stretches;
}

/** `<= 1.2.3` and `< 1.2.3`; other words bound nothing, so that more is reported rather than less. */
function knownBound(text: string | null): Pick<Stretch, 'fixed' | 'lastAffected'> | null {
  const [, sign, version] = /^\s*(<=?)\s*([^\s,<>=]+)\s*$/.exec(text ?? '') ?? [];
  if (version === undefined) return null;
  return sign === '<' ? { fixed: version, lastAffected: null } : { fixed: null, lastAffected: version };
}

/** A version is looked at when it is below any limit; `*` is above all of them. */
function highestLimit(events: readonly RangeEvent[], comparator: Comparator): string | null {
  let highest: string | null = null;
  for (const { kind, version } of events) {
    if (kind !== 'limit') continue;
    if (version === '*') return null;
    const order = highest === null ? 1 : comparator.compare(version, highest);
    if (typeof order !== 'number') return null;
    if (order > 0) highest = version;
  }
  return highest;
}

function limited(stretch: Stretch, limit: string, comparator: Comparator): Stretch[] {
  const from = stretch.introduced === null ? -1 : comparator.compare(stretch.introduced, limit);
  if (typeof from === 'number' && from >= 0) return [];
  const end = stretch.fixed ?? stretch.lastAffected;
  const order = end === null ? 1 : comparator.compare(end, limit);
  const within = typeof order !== 'number' || order < 0 || (order === 0 && stretch.fixed !== null);
  return [within ? stretch : { ...stretch, fixed: limit, lastAffected: null, state: 'unknown' }];
}
