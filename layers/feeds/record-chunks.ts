import type { SqlParameters } from '#platform/sql.ts';
import type { StoredRecord } from './stored-record.ts';

/** Records that one statement writes: distinct, of one kind; their JSON list is here, or in the database where it was staged. */
export interface RecordChunk {
  readonly kind: StoredRecord['kind'];
  readonly records: number;
  /** Of `affected`. */
  readonly rows: number;
  readonly from: { readonly text: string } | { readonly load: string; readonly staged: number };
}

/** Of one statement: about 0.1 to 1 s of the database, and well under the 4 MiB of a request. */
const limits = { rows: 1000, advisories: 1000, enrichments: 5000, bytes: 1024 * 1024 } as const;

/** The records of a stream in chunks; the order among those of a kind is kept. A chunk is given as soon as it is full, the rest at the end. */
export async function* recordChunks(records: AsyncIterable<StoredRecord>): AsyncGenerator<RecordChunk> {
  const open = { advisory: startChunk('advisory'), enrichment: startChunk('enrichment') };
  for await (const record of records) {
    if (open[record.kind].isFull(record)) {
      yield open[record.kind].chunk();
      open[record.kind] = startChunk(record.kind);
    }
    open[record.kind].add(record);
  }
  for (const { isEmpty, chunk } of Object.values(open)) if (!isEmpty()) yield chunk();
}

/** The list of a chunk's records in a statement; parameters are those of {@link chunkParameters}. */
export const recordsOf =
  'coalesce(:text::text, (select s.body from staged(:load::text, :staged::int, :staged::int) s))::jsonb';

export function chunkParameters({ from }: RecordChunk): SqlParameters {
  return 'text' in from
    ? { text: from.text, load: null, staged: null }
    : { text: null, load: from.load, staged: from.staged };
}

function startChunk(kind: RecordChunk['kind']) {
  const texts: string[] = [];
  const most = kind === 'advisory' ? limits.advisories : limits.enrichments;
  let rows = 0;
  let bytes = 0;
  return {
    isEmpty: () => texts.length === 0,
    isFull: (next: StoredRecord) =>
      texts.length > 0 &&
      (rows + next.rows > limits.rows || bytes + next.text.length > limits.bytes || texts.length >= most),
    add(record: StoredRecord) {
      texts.push(record.text);
      rows += record.rows;
      bytes += record.text.length;
    },
    chunk: (): RecordChunk => ({ kind, records: texts.length, rows, from: { text: `[${texts.join(',')}]` } }),
  };
}
