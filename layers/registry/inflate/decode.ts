import type { Transform } from 'node:stream';
import { Fault } from '#core/fault.ts';

/** Bytes of output at a time. Measured: larger pieces gain nothing, smaller ones cost a turn of the event loop each. */
export const decodedPiece = 256 * 1024;

/**
 * The output of a zlib decoder that is fed piece by piece until there is no more (an empty piece) or no need (null). What
 * the decoder complains of becomes a Fault; what `next` throws goes through as it is.
 */
export async function* decode(
  name: string,
  decoder: Transform,
  next: () => Promise<Uint8Array | null>,
): AsyncGenerator<Uint8Array> {
  // A decoder that fails forgets the callback of the write it failed on.
  let written = () => {};
  decoder.once('close', () => written());
  const feed = async () => {
    for (;;) {
      const piece = await next();
      if (piece === null || decoder.destroyed) return;
      if (piece.length === 0) {
        decoder.end();
        return;
      }
      await new Promise<void>((resolve) => {
        written = resolve;
        decoder.write(piece, () => resolve());
      });
    }
  };
  const feeding = feed().catch((thrown: unknown) => {
    decoder.destroy(thrown as Error);
  });
  try {
    for await (const piece of decoder) yield piece as Uint8Array;
  } catch (thrown) {
    throw faultOf(name, thrown);
  } finally {
    decoder.destroy();
    await feeding;
  }
}

function faultOf(name: string, thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') return cutShort(name);
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return new Fault('image/unsupported', 'zstd data needs a window of more than 128 MiB to be inflated');
  }
  return code.startsWith('Z_') || code.startsWith('ZSTD_') ? damaged(name, (thrown as Error).message) : thrown;
}

/** Data that is not what its format allows. */
export function damaged(name: string, how: string): Fault {
  return new Fault('image/corrupt', `${name} data is damaged: ${how}`);
}

/** Data that ends before its format does. */
export function cutShort(name: string): Fault {
  return new Fault('image/corrupt', `${name} data is cut off before its end`);
}
