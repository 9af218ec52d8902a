import { Fault } from '#core/fault.ts';
import type { FeedRecord, SetAside } from './advisory.ts';
import { analyzeTables, knownAdvisories } from './advisory-store.ts';
import { knownEnrichments } from './enrichment-store.ts';
import { recordChunks } from './record-chunks.ts';
import type { GroupName } from './revision-store.ts';
import { putSetAside } from './set-aside-store.ts';
import { type StoredRecord, storedAdvisory, storedEnrichment } from './stored-record.ts';
import { startWriting, type WriteWorld } from './write-records.ts';

/** What a load did. */
export interface Loaded {
  readonly records: number;
  readonly setAside: number;
  /** Records that were new or different. */
  readonly written: number;
  /** New rows of `affected`. */
  readonly opened: number;
  /** Records that upstream does not have any more. */
  readonly vanished: number;
  /** The revision of the changes; null when there were none. */
  readonly revision: number | null;
}

export interface LoadOptions {
  /** False when the stream holds only what changed: see `Fetched.complete`. */
  readonly complete: boolean;
  /** A group may lose more than half of its records. */
  readonly force: boolean;
  /** Called now and then, and before anything is closed, with the number of records seen so far; throwing ends the load. */
  readonly onRecords: (records: number) => void;
}

const tellEach = 250;

/** Reasons that are kept; all are counted. */
const keptAside = 10_000;
const maxAside = 200_000;

/** Of a group: more are not told apart in memory. */
const maxRecords = 4_000_000;

/** A load of fewer rows does not change what the planner should know. */
const analyzeAbove = 500;

/**
 * Brings what is stored of a group to what the stream says: writes only what differs, in chunks that are each valid on
 * their own, and after a stream that ended well closes what upstream does not have any more. So a load that dies half-way
 * is finished by the next one. What is stored of a record that cannot be read now stays. Throws `feed/failed` for a stream without
 * records where they should be all, or one that would close more than half of more than 1,000, unless forced.
 */
export async function loadRecords(
  world: WriteWorld,
  name: GroupName,
  stream: AsyncIterable<FeedRecord>,
  options: LoadOptions,
): Promise<Loaded> {
  const known = {
    advisory: await knownAdvisories(world.sql, name),
    enrichment: await knownEnrichments(world.sql, name),
  };
  const reading = startReading(name, known, options);
  const writing = startWriting(world, name);
  await writing.write(recordChunks(reading.changed(stream)));
  options.onRecords(reading.seen());
  const vanished = { advisory: reading.vanished('advisory'), enrichment: reading.vanished('enrichment') };
  const gone = vanished.advisory.length + vanished.enrichment.length;
  const living = livingOf(known.advisory).length + livingOf(known.enrichment).length;
  if (!options.force) checkShrink(name, living, gone, options.complete ? reading.seen() : null);
  await writing.close('advisory', vanished.advisory);
  await writing.close('enrichment', vanished.enrichment);
  const setAside = await putAside(world, name, reading.aside(), options.complete ? null : reading.named());
  const { revision, opened } = await writing.end();
  if (opened >= analyzeAbove) await analyzeTables(world.sql, ['advisory', 'name']);
  return {
    records: living - gone + reading.added(),
    setAside,
    written: writing.written(),
    opened,
    vanished: gone,
    revision,
  };
}

type Kind = StoredRecord['kind'];
type Known = Readonly<Record<Kind, ReadonlyMap<string, string>>>;

function livingOf(known: ReadonlyMap<string, string>): readonly string[] {
  return [...known].filter(([, hash]) => hash !== '').map(([record]) => record);
}

/** Reads a stream to its end once, and knows then what it said. */
function startReading(name: GroupName, known: Known, { complete, onRecords }: LoadOptions) {
  const seen = { advisory: new Set<string>(), enrichment: new Set<string>() };
  const removed = new Set<string>();
  const aside = new Map<string, string>();
  let added = 0;
  const count = () => seen.advisory.size + seen.enrichment.size;
  const setAside = ({ record, reason }: SetAside) => {
    if (aside.size >= maxAside) throw refused(name, `more than ${maxAside} records cannot be read`);
    const short = record.slice(0, 300);
    if (!aside.has(short)) aside.set(short, reason.slice(0, 300));
  };
  return {
    /** The records that differ from what is stored. */
    async *changed(stream: AsyncIterable<FeedRecord>): AsyncGenerator<StoredRecord> {
      for await (const item of stream) {
        if (count() + removed.size >= maxRecords) throw refused(name, `it has more than ${maxRecords} records`);
        if ('removed' in item) removed.add(item.record);
        else if ('reason' in item) setAside(item);
        else {
          const kind: Kind = 'facts' in item ? 'enrichment' : 'advisory';
          if (seen[kind].has(item.record)) {
            setAside({ record: item.record, reason: 'upstream has this record twice: the first is kept' });
            continue;
          }
          const { stored, aside: left } = 'facts' in item ? storedEnrichment(item) : storedAdvisory(item);
          if (left !== null) setAside(left);
          if (stored === null) continue;
          seen[kind].add(stored.record);
          if (count() % tellEach === 0) onRecords(count());
          const before = known[kind].get(stored.record);
          if (!before) added++;
          if (before !== stored.hash) yield stored;
        }
      }
    },
    seen: count,
    added: () => added,
    aside: () => [...aside].map(([record, reason]) => ({ record, reason })),
    named: () => [...seen.advisory, ...seen.enrichment, ...removed],
    /** Records that are stored, and that upstream does not have any more. */
    vanished: (kind: Kind) =>
      (complete ? livingOf(known[kind]) : [...removed].filter((record) => known[kind].get(record))).filter(
        (record) => !seen[kind].has(record) && !aside.has(record),
      ),
  };
}

/** `seen` is null where a stream of changes may be empty. */
function checkShrink(name: GroupName, living: number, vanished: number, seen: number | null): void {
  if (living > 0 && seen === 0) throw refused(name, `upstream has no record any more, ${living} are stored`);
  if (living > 1000 && vanished > living / 2) {
    throw refused(name, `upstream has dropped ${vanished} of ${living} records, which looks like damage`);
  }
}

function refused(name: GroupName, problem: string): Fault {
  return new Fault(
    'feed/failed',
    `loading ${name.group}: ${problem}; what is stored stays. If it is right, sync with --force`,
  );
}

/** How many records of the group are set aside now. */
async function putAside(
  { sql }: WriteWorld,
  name: GroupName,
  aside: readonly SetAside[],
  named: readonly string[] | null,
): Promise<number> {
  const kept = await putSetAside(sql, name, aside.slice(0, keptAside), named);
  return kept + Math.max(0, aside.length - keptAside);
}
