import { createReadStream } from 'node:fs';
import { Fault } from '#core/fault.ts';
import { type ArchiveFile, archiveFiles } from './archive-files.ts';

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
  const { unxz } = await import('#registry/inflate/unxz.ts');
  const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
  const files = archiveFiles(bounded(unxz(bytes), what), what, documentBytes, (path) => wanted.test(path));
  for await (const one of files) yield one.problem === null ? parsed(one) : one;
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

function parsed({ path, bytes }: Extract<ArchiveFile, { bytes: Buffer }>): ArchiveDocument {
  try {
    return { path, json: JSON.parse(bytes.toString('utf8')), problem: null };
  } catch {
    return { path, problem: 'it is not JSON' };
  }
}
