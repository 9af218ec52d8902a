/** Documents too big for rows, by key: layer reports, image reports, verdict details. Keys are `[a-z0-9./_-]+`, at most 512 bytes, no `..`. */
export interface Blobs {
  /**
   * Writes a blob whole or not at all. A key that exists is left as it is and answered with `existed`: keys name their
   * content (S3 `If-None-Match: *`), so the first writer wins.
   */
  put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<'stored' | 'existed'>;
  /** As {@link put}, but a blob that exists is replaced whole. */
  replace(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes in pieces, or null when there is no such blob. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  has(key: string): Promise<boolean>;
  /** Removes a blob; nothing happens when there is none. */
  delete(key: string): Promise<void>;
  /** Keys that begin with the prefix, in order of their bytes. */
  list(prefix: string): AsyncIterable<string>;
}

/** All bytes of a blob, or null; for documents known to be small. */
export async function readBlob(blobs: Blobs, key: string): Promise<Buffer | null> {
  const content = await blobs.read(key);
  if (content === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}
