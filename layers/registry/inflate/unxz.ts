import xz from 'xz-decompress';
import { cutShort, damaged } from './decode.ts';

/**
 * Xz inflated (the .xz format 1.2), any number of streams, dictionaries of at most 64 MiB. One text is inflated at a time in
 * a process: a second waits until the first was read to its end or left. Throws `image/corrupt` when the data is damaged or
 * cut off.
 */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = chunks[Symbol.asyncIterator]();
  let begun = false;
  const source = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let next = await input.next();
        while (next.done !== true && next.value.length === 0) next = await input.next();
        begun ||= next.done !== true;
        // The library asks on at the end, and knows by an empty piece that there is no more.
        controller.enqueue(next.done === true ? empty : next.value);
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const bytes of new xz.XzReadableStream(source)) if (bytes.length > 0) yield bytes;
  } catch (thrown) {
    throw faultOf(thrown, begun);
  } finally {
    await input.return?.();
  }
}

const empty = new Uint8Array();

/** Codes are those of xz-embedded (xz.h, enum xz_ret). */
function faultOf(thrown: unknown, begun: boolean): unknown {
  const code = /failed with error code (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1];
  if (code === undefined) return thrown;
  return code === '8' || !begun ? cutShort('xz') : damaged('xz', reasons[code] ?? `code ${code}`);
}

const reasons: Readonly<Record<string, string>> = {
  2: 'its check is of a kind that is not known',
  3: 'there is not enough memory for its dictionary',
  4: 'its dictionary is larger than 64 MiB',
  5: 'it does not begin as such',
  6: 'it uses options that are not known',
  7: 'its blocks or their checksums do not fit',
};
