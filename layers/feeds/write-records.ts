import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { Staged } from '#platform/staging.ts';
import { analyzeTables, closeAdvisories, writeAdvisories } from './advisory-store.ts';
import { deleteEnrichments, writeEnrichments } from './enrichment-store.ts';
import type { RecordChunk } from './record-chunks.ts';
import { beginRevision, type GroupName, revisionTotals } from './revision-store.ts';
import type { StoredRecord } from './stored-record.ts';

/** What writing needs of the world. */
export type WriteWorld = Pick<Platform, 'sql' | 'clock' | 'staging'>;

/** Writes of one load, under one revision that is begun with the first. */
export interface Writing {
  /** Chunks in their order. Where texts can be staged and there are many, they are first read to their end, then written. */
  write(chunks: AsyncIterable<RecordChunk>): Promise<void>;
  /** Closes records that upstream does not have any more. */
  close(kind: StoredRecord['kind'], records: readonly string[]): Promise<void>;
  /** Records given to `write`. */
  written(): number;
  /** The revision, null when nothing was written, and the rows that were opened under it. */
  end(): Promise<{ readonly revision: number | null; readonly opened: number }>;
}

/** Chunks that are written as parameters even where texts can be staged: fewer requests than staging would take. */
const fewChunks = 8;

/** Dropped records of one statement; each may have thousands of rows. */
const closedAtOnce = 200;

/** Rows after which the planner is told, then each time that they are eight times as many: plans for empty tables are quadratic. */
const firstAnalyze = 500;

/** Tries of a statement that the database may not have got, or whose answer was lost: the ledger of revisions lets it count once. */
const tries = 4;
const pauseMs = 500;

export function startWriting({ sql, clock, staging }: WriteWorld, name: GroupName): Writing {
  let begun: Promise<number> | null = null;
  let chunk = 0;
  let written = 0;
  let rows = 0;
  let analyzeAt = firstAnalyze;
  const statement = async (work: (revision: number, chunk: number) => Promise<void>) => {
    const revision = await (begun ??= beginRevision(sql, name, clock.now()));
    for (let attempt = 1; ; attempt++) {
      try {
        await work(revision, chunk);
        break;
      } catch (thrown) {
        if (attempt === tries || !(thrown instanceof Fault) || thrown.code !== 'sql/unavailable') throw thrown;
        await clock.sleep(pauseMs * 2 ** attempt);
      }
    }
    chunk++;
  };
  const writeOne = async (one: RecordChunk) => {
    const write = one.kind === 'advisory' ? writeAdvisories : writeEnrichments;
    await statement((revision, number) => write(sql, name, one, revision, number));
    written += one.records;
    rows += one.rows;
    if (rows < analyzeAt) return;
    analyzeAt = rows * 8;
    await analyzeTables(sql, ['affected']);
  };
  return {
    async write(chunks) {
      if (staging === null) {
        for await (const one of ahead(chunks)) await writeOne(one);
        return;
      }
      await using all = await stagedWhenMany(staging, chunks);
      for await (const one of all.chunks) await writeOne(one);
    },
    async close(kind, records) {
      const close = kind === 'advisory' ? closeAdvisories : deleteEnrichments;
      for (let at = 0; at < records.length; at += closedAtOnce) {
        const some = records.slice(at, at + closedAtOnce);
        await statement((revision, number) => close(sql, name, some, revision, number));
      }
    },
    written: () => written,
    async end() {
      if (begun === null) return { revision: null, opened: 0 };
      const revision = await begun;
      return { revision, opened: (await revisionTotals(sql, revision)).opened };
    },
  };
}

/** Each chunk is made while the one before it is written. */
async function* ahead(chunks: AsyncIterable<RecordChunk>): AsyncGenerator<RecordChunk> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (let next = source.next(); ; ) {
      const { done, value } = await next;
      if (done === true) return;
      next = source.next();
      // Told when its turn comes; until then it is nobody's.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await source.return?.();
  }
}

interface AllChunks extends AsyncDisposable {
  readonly chunks: AsyncIterable<RecordChunk> | Iterable<RecordChunk>;
}

/** The chunks as they are where they are few or cannot be staged; else all of them in the database, until disposed of. */
async function stagedWhenMany(
  staging: NonNullable<WriteWorld['staging']>,
  chunks: AsyncIterable<RecordChunk>,
): Promise<AllChunks> {
  const source = chunks[Symbol.asyncIterator]();
  const first: RecordChunk[] = [];
  while (first.length <= fewChunks) {
    const next = await source.next();
    if (next.done === true) return { chunks: first, async [Symbol.asyncDispose]() {} };
    first.push(next.value);
  }
  const rest = resumed(first, source);
  const placed: Omit<RecordChunk, 'from'>[] = [];
  const staged = await staging.stage(textsOf(rest, placed));
  if (staged === null) return { chunks: rest, async [Symbol.asyncDispose]() {} };
  return { chunks: fromStaged(staged, placed), [Symbol.asyncDispose]: () => staged[Symbol.asyncDispose]() };
}

async function* resumed(first: readonly RecordChunk[], rest: AsyncIterator<RecordChunk>): AsyncGenerator<RecordChunk> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* textsOf(
  chunks: AsyncIterable<RecordChunk>,
  placed: Omit<RecordChunk, 'from'>[],
): AsyncGenerator<string> {
  for await (const { kind, records, rows, from } of chunks) {
    placed.push({ kind, records, rows });
    if ('text' in from) yield from.text;
  }
}

function* fromStaged({ load }: Staged, placed: readonly Omit<RecordChunk, 'from'>[]): Generator<RecordChunk> {
  for (const [staged, one] of placed.entries()) yield { ...one, from: { load, staged } };
}
