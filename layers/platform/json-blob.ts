import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import { type Blobs, readBlob } from './blobs.ts';

/** Bytes of a document when it is read. */
const longest = 256 * 1024 * 1024;

/** Keeps a document as compressed JSON; a key that is there stays as it is. Keys end in `.json.zst`. */
export async function putJson(blobs: Blobs, key: string, document: unknown): Promise<void> {
  await blobs.put(key, await compress(Buffer.from(JSON.stringify(document))));
}

/** As {@link putJson}, but a document that is there is replaced whole. */
export async function replaceJson(blobs: Blobs, key: string, document: unknown): Promise<void> {
  await blobs.replace(key, await compress(Buffer.from(JSON.stringify(document))));
}

/** The document of a key, or null when there is none; throws `data/corrupt` for one that is damaged. */
export async function readJson(blobs: Blobs, key: string): Promise<unknown> {
  const bytes = await readBlob(blobs, key);
  if (bytes === null) return null;
  try {
    return JSON.parse((await decompress(bytes, { maxOutputLength: longest })).toString());
  } catch (cause) {
    throw new Fault('data/corrupt', `reading ${key}: it is damaged`, { cause });
  }
}

const compress = promisify(zstdCompress) as (bytes: Uint8Array) => Promise<Buffer>;
const decompress = promisify(zstdDecompress) as (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number },
) => Promise<Buffer>;
