import { open } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';
import { type ByteInput, chunkInput } from './tar/byte-input.ts';
import { gunzip } from './inflate/gunzip.ts';
import type { Compression, LayerBytes } from './layer-source.ts';
import { unzstd } from './inflate/unzstd.ts';

/** Measured: a read of the page cache costs about as much as copying this much. */
const pieceBytes = 512 * 1024;

/**
 * The stored (compressed) bytes of a layer, in order. From a file in pieces of 512 KiB; throws `image/corrupt` when the
 * file ends before the layer does. Nothing is verified: whoever reads takes the digest.
 */
export async function* openLayerBytes(bytes: Exclude<LayerBytes, { kind: 'folder' }>): AsyncGenerator<Uint8Array> {
  if (bytes.kind === 'stream') {
    yield* await bytes.open();
    return;
  }
  await using file = await open(bytes.path, 'r');
  const end = bytes.offset + bytes.length;
  for (let at = bytes.offset; at < end; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, end - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) {
      throw new Fault('image/corrupt', `'${bytes.path}' ends at byte ${at}, inside a layer that ends at ${end}`);
    }
    yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/**
 * Inflates what the first bytes say is gzip (RFC 1952, any number of members; what follows the last is ignored, as docker
 * does) or zstd (RFC 8878, any number of frames, windows of at most 128 MiB); anything else goes through as it is. Media
 * types are not looked at: registries hold layers that are not what they are called. The input is read to its very end.
 * Damaged or cut-off data throws `image/corrupt`; bzip2 and xz throw `image/unsupported`.
 */
export async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = chunkInput(chunks);
  try {
    const magic = await input.take(6);
    const rest = chunkInput(prepend(magic, input));
    const compression = compressionByMagic(magic);
    if (compression === 'gzip') yield* gunzip(rest);
    else if (compression === 'zstd') yield* unzstd(rest.rest());
    else yield* rest.rest();
  } finally {
    await input.close();
  }
}

/** How bytes that begin like these are compressed; throws `image/unsupported` for what engines no longer write. */
export function compressionByMagic(first: Uint8Array): Compression {
  const hex = Buffer.from(first.subarray(0, 6)).toString('hex');
  if (hex.startsWith('1f8b')) return 'gzip';
  // A zstd frame, or a skippable one, with which zstd may begin (RFC 8878, 3.1.2).
  if (hex.startsWith('28b52ffd') || /^5.2a4d18/.test(hex)) return 'zstd';
  if (hex === 'fd377a585a00')
    throw new Fault('image/unsupported', 'xz-compressed layers are not read; use gzip or zstd');
  if (/^425a68(3[1-9])/.test(hex)) {
    throw new Fault('image/unsupported', 'bzip2-compressed layers are not read; use gzip or zstd');
  }
  return 'none';
}

async function* prepend(first: Buffer, rest: ByteInput): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest.rest();
}
