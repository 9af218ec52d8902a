import { Fault } from '#core/fault.ts';
import type { Sql } from '#platform/sql.ts';
import type { FeedRecord, SetAside } from './advisory.ts';
import {
  analyzeTables,
  beginRevision,
  closeRecords,
  type GroupName,
  knownRecords,
  writeRecords,
} from './advisory-store.ts';
import { putSetAside } from './group-store.ts';
import { type StoredAdvisory, storedAdvisory } from './stored-advisory.ts';

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
  /** A group may lose more than half of its records. */
  readonly force: boolean;
  /** Called now and then, and before anything is closed, with the number of records seen so far; throwing ends the load. */
  readonly onRecords: (records: number) => void;
}

/** Of one statement: about 0.1 to 1 s of the database, and well under the 4 MiB of a request. */
const chunk = { rows: 1000, records: 1000, bytes: 1024 * 1024 };

const tellEach = 250;

/** Reasons that are kept; all are counted. */
const keptAside = 1000;
const maxAside = 200_000;

/** Rows after which the planner is told, then each time that they are eight times as many: plans for empty tables are quadratic. */
const firstAnalyze = 500;

/**
 * Brings what is stored of a group to what the stream says: writes only what differs, in chunks that are each valid on
 * their own, and after a stream that ended well closes what upstream does not have any more. So a load that dies half-way
 * is finished by the next one. What is stored of a record that cannot be read now stays. Throws `feed/failed` for a stream without
 * records, or one that would close more than half of more than 1,000, unless forced.
 */
export async function loadRecords(
  sql: Sql,
  name: GroupName,
  stream: AsyncIterable<FeedRecord>,
  options: LoadOptions,
): Promise<Loaded> {
  const known = await knownRecords(sql, name);
  const writer = startWriter(sql, name);
  const aside = new Map<string, string>();
  const seen = new Set<string>();
  const setAside = ({ record, reason }: SetAside) => {
    if (aside.size >= maxAside) throw refused(name, `more than ${maxAside} records cannot be read`);
    if (!aside.has(record)) aside.set(record, reason.slice(0, 300));
  };
  for await (const item of stream) {
    if ('reason' in item) {
      setAside(item);
      continue;
    }
    if (!('affected' in item)) continue;
    if (seen.has(item.record)) {
      setAside({ record: item.record, reason: 'upstream has this record twice: the first is kept' });
      continue;
    }
    const { stored, aside: left } = storedAdvisory(item);
    if (left !== null) setAside(left);
    if (stored === null) continue;
    seen.add(stored.record);
    if (seen.size % tellEach === 0) options.onRecords(seen.size);
    if (known.get(stored.record) !== stored.hash) await writer.add(stored);
  }
  await writer.flush();
  options.onRecords(seen.size);
  const living = [...known].filter(([, hash]) => hash !== '').map(([record]) => record);
  const vanished = living.filter((record) => !seen.has(record) && !aside.has(record));
  if (!options.force) checkShrink(name, living.length, vanished.length, seen.size);
  if (vanished.length > 0) await closeRecords(sql, name, vanished, await writer.revision());
  const reasons = [...aside].slice(0, keptAside).map(([record, reason]) => ({ record: record.slice(0, 300), reason }));
  await putSetAside(sql, name, reasons);
  if (writer.opened() >= firstAnalyze) await analyzeTables(sql, ['advisory', 'name']);
  return {
    records: living.length - vanished.length + [...seen].filter((record) => !known.get(record)).length,
    setAside: aside.size,
    written: writer.written(),
    opened: writer.opened(),
    vanished: vanished.length,
    revision: writer.written() + vanished.length === 0 ? null : await writer.revision(),
  };
}

function checkShrink(name: GroupName, living: number, vanished: number, seen: number): void {
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

function startWriter(sql: Sql, name: GroupName) {
  let batch: StoredAdvisory[] = [];
  let rows = 0;
  let bytes = 0;
  let written = 0;
  let opened = 0;
  let analyzeAt = firstAnalyze;
  let revision: Promise<number> | null = null;
  const revisionOf = () => (revision ??= beginRevision(sql, name));
  const flush = async () => {
    if (batch.length === 0) return;
    const records = batch;
    batch = [];
    rows = 0;
    bytes = 0;
    const done = await writeRecords(sql, name, records, await revisionOf());
    written += records.length;
    opened += done.opened;
    if (opened < analyzeAt) return;
    analyzeAt = opened * 8;
    await analyzeTables(sql, ['affected']);
  };
  return {
    flush,
    revision: revisionOf,
    written: () => written,
    opened: () => opened,
    async add(stored: StoredAdvisory): Promise<void> {
      const full =
        rows + stored.rows > chunk.rows || bytes + stored.text.length > chunk.bytes || batch.length >= chunk.records;
      if (full) await flush();
      batch.push(stored);
      rows += stored.rows;
      bytes += stored.text.length;
    },
  };
}
