import { constants, createZstdDecompress } from 'node:zlib';
import { decode, decodedPiece } from './decode.ts';
import { zstdFrames } from './zstd-frames.ts';

/**
 * Zstd inflated (RFC 8878), any number of frames, windows of at most 128 MiB (else `image/unsupported`). Throws
 * `image/corrupt` when the data is damaged or cut off.
 */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = createZstdDecompress({ chunkSize: decodedPiece, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  const frames = zstdFrames(chunks);
  yield* decode('zstd', decoder, async () => {
    const next = await frames.next();
    return next.done === true ? Buffer.alloc(0) : next.value;
  });
}
