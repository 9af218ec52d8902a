import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';

/** A file of an archive; `problem` says why it could not be read. */
export type ArchiveFile =
  | { readonly path: string; readonly bytes: Buffer; readonly problem: null }
  | { readonly path: string; readonly problem: string };

/**
 * The files of a tar whose path is wanted, one after the other; nothing is unpacked, and no more than one is in memory. A file
 * of more than `fileBytes` is a problem of its own. Throws `feed/failed`, with `what` for its name, for a tar that is damaged
 * or cut off, and what reading it throws.
 */
export async function* archiveFiles(
  tar: AsyncIterable<Uint8Array>,
  what: string,
  fileBytes: number,
  wanted: (path: string) => boolean,
): AsyncGenerator<ArchiveFile> {
  const { tarEntries } = await import('#registry/tar/tar-stream.ts');
  try {
    for await (const { path, type, size, problem, body } of tarEntries(tar, defaultLimits)) {
      if (type !== 'file' || !wanted(path)) continue;
      if (problem !== null) yield { path, problem };
      else if (size > fileBytes) yield { path, problem: `it has more than ${fileBytes} bytes` };
      else yield { path, bytes: await collected(body), problem: null };
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.code.startsWith('image/'))) throw thrown;
    throw new Fault('feed/failed', `reading ${what}: ${thrown.message}; fetch it again`, { cause: thrown });
  }
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}
