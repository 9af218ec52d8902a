import { Fault } from '#core/fault.ts';
import { gunzip } from '#registry/inflate/gunzip.ts';
import { unzstd } from '#registry/inflate/unzstd.ts';
import { chunkInput } from '#registry/tar/byte-input.ts';
import type { Part } from './conditional.ts';

/** What the name of a file says of how it is compressed. */
const inflaters: readonly [RegExp, (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>][] = [
  [/\.gz$/, (bytes) => gunzip(chunkInput(bytes))],
  [/\.bz2$/, bunzip],
  [/\.zst$/, unzstd],
];

/**
 * The bytes of a part, inflated as its URL says (`.gz`, `.bz2`, `.zst`; as they are else). Throws `feed/failed` where they
 * are damaged, cut off, or more than `limit` when inflated, and what {@link Part.stream} throws.
 */
export async function* inflatedPart(part: Part, limit: number): AsyncGenerator<Uint8Array> {
  const inflate = inflaters.find(([ending]) => ending.test(new URL(part.url).pathname))?.[1] ?? ((bytes) => bytes);
  const raw = part.stream(limit)[Symbol.asyncIterator]();
  let read = 0;
  try {
    for await (const bytes of inflate({ [Symbol.asyncIterator]: () => raw })) {
      read += bytes.length;
      if (read > limit) throw failed(part.url, `it is larger than ${limit} bytes when inflated`);
      yield bytes;
    }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code.startsWith('image/')) throw failed(part.url, thrown.message, thrown);
    throw thrown;
  } finally {
    // Inflaters that are left early do not let go of what they read.
    await raw.return?.();
  }
}

async function* bunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { bunzip2 } = await import('#registry/inflate/bunzip2.ts');
  yield* bunzip2(bytes);
}

function failed(url: string, problem: string, cause?: Fault): Fault {
  return new Fault('feed/failed', `reading ${url}: ${problem}; try again later, or name a mirror that has it`, {
    cause,
  });
}
