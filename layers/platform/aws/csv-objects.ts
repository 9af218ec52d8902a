import { Fault } from '#core/fault.ts';
import { longestStagedText } from '../staging.ts';

/** What all rows of a load have in common. */
export interface CsvLoad {
  readonly load: string;
  /** Milliseconds since the epoch. */
  readonly stagedAt: number;
}

/**
 * Texts as rows `load,chunk,body,staged_at` of CSV, as COPY reads them with nothing but `format csv`: in quotes, where only a quote is
 * more than itself. Throws `input/invalid` and `input/too-large` for a text that would not come out as it went in.
 */
export async function* csvRows(texts: AsyncIterable<string>, { load, stagedAt }: CsvLoad): AsyncGenerator<Uint8Array> {
  let chunk = 0;
  for await (const text of texts) {
    checkText(text, chunk);
    yield Buffer.from(`${load},${chunk},"${text.replaceAll('"', '""')}",${stagedAt}\n`);
    chunk++;
  }
}

/**
 * Rows in groups of at most so many bytes, or one row. A group is read to its end before the next is asked for; letting go of the
 * groups lets go of the rows.
 */
export async function* csvObjects(
  rows: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const iterator = rows[Symbol.asyncIterator]();
  try {
    let next = await iterator.next();
    const group = async function* () {
      for (let size = 0; next.done !== true; next = await iterator.next()) {
        size += next.value.length;
        if (size > limit && size > next.value.length) return;
        yield next.value;
      }
    };
    while (next.done !== true) yield group();
  } finally {
    await iterator.return?.();
  }
}

/** Until PostgreSQL 17 a line of `\.` ends the data, even in quotes (COPY, "CSV Format"). JSON has no such line. */
const endOfData = /^\\\.\r?$/m;

function checkText(text: string, chunk: number): void {
  const refuse = (why: string): never => {
    throw new Fault('input/invalid', `Chunk ${chunk} cannot be staged: ${why}`);
  };
  if (Buffer.byteLength(text) > longestStagedText)
    throw new Fault(
      'input/too-large',
      `Chunk ${chunk} has more than ${longestStagedText} bytes; stage it in smaller ones`,
    );
  if (text.includes('\0')) refuse('it holds a NUL character, which PostgreSQL has no text for; take it out');
  if (!text.isWellFormed()) refuse('it holds half of a surrogate pair, which is no UTF-8; take it out');
  if (endOfData.test(text)) refuse('it has a line of "\\.", which ends the data of COPY; write it as JSON');
}
