import { createReadStream } from 'node:fs';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { unxz } from '#registry/inflate/unxz.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';

/** A JSON document of an archive; `problem` says why it could not be read. */
export type ArchiveDocument =
  | { readonly path: string; readonly json: unknown; readonly problem: null }
  | { readonly path: string; readonly problem: string };

/** Of one document; Canonical's statements about the kernel have a few dozen megabytes. */
const documentBytes = 256 * 1024 * 1024;

/** Of all documents together; Canonical's have about 30 GiB. */
const archiveBytes = 256 * 1024 ** 3;

/**
 * The JSON documents of a `.tar.xz` on disk whose path fits, one after the other; nothing is unpacked. Throws `feed/failed`,
 * with `what` for its name, for an archive that is damaged or cut off.
 */
export async function* archiveDocuments(file: string, what: string, wanted: RegExp): AsyncGenerator<ArchiveDocument> {
  try {
    const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
    for await (const { path, type, size, problem, body } of tarEntries(bounded(unxz(bytes), what), defaultLimits)) {
      if (type !== 'file' || !wanted.test(path)) continue;
      if (problem !== null) yield { path, problem };
      else if (size > documentBytes) yield { path, problem: `it has more than ${documentBytes} bytes` };
      else yield parsed(path, await collected(body));
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.code.startsWith('image/'))) throw thrown;
    throw new Fault('feed/failed', `reading ${what}: ${thrown.message}; fetch it again`, { cause: thrown });
  }
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of bytes) {
    read += piece.length;
    if (read > archiveBytes)
      throw new Fault('feed/failed', `reading ${what}: it inflates to more than ${archiveBytes} bytes`);
    yield piece;
  }
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function parsed(path: string, bytes: Buffer): ArchiveDocument {
  try {
    return { path, json: JSON.parse(bytes.toString('utf8')), problem: null };
  } catch {
    return { path, problem: 'it is not JSON' };
  }
}
