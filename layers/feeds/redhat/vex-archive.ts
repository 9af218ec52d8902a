import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import type { SetAside } from '../advisory.ts';
import type { Part } from '../conditional.ts';
import { inflatedPart } from '../inflated-part.ts';

/** A document of a CVE as it is stored, by the id that its file is named after. */
export interface StoredDocument {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The largest documents have 60 MB. */
export const documentBytes = 96 * 1024 ** 2;

/** An archive has some 300 MB, and documents of some 20 GB. */
const archiveBytes = 4 * 1024 ** 3;
const inflatedBytes = 256 * 1024 ** 3;

/**
 * The documents of an archive (`2024/cve-2024-6923.json`), one after the other, without those that `skip` names. It is
 * downloaded to `path` first: a server does not keep a connection for as long as a database takes. Throws `feed/failed` for an
 * archive that is damaged or cut off, and what the download throws.
 */
export async function* archivedDocuments(
  archive: Part,
  path: string,
  skip: ReadonlySet<string>,
): AsyncGenerator<StoredDocument | SetAside> {
  await pipeline(archive.stream(archiveBytes), createWriteStream(path, { mode: 0o600 }));
  const downloaded: Part = {
    url: archive.url,
    stream: () => createReadStream(path, { highWaterMark: 1024 ** 2 }),
    cancel: async () => {},
  };
  try {
    for await (const entry of tarEntries(inflatedPart(downloaded, inflatedBytes), defaultLimits)) {
      if (entry.type !== 'file') continue;
      const id = /(?:^|\/)(cve-\d{4}-\d{4,12})\.json$/i.exec(entry.path)?.[1]?.toUpperCase();
      if (id === undefined) yield { record: entry.path.slice(0, 200), reason: 'it is no document of a CVE' };
      else if (skip.has(id)) continue;
      else if (entry.size > documentBytes) yield { record: id, reason: `it has more than ${documentBytes} bytes` };
      else yield { id, bytes: await collected(entry.body) };
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !thrown.code.startsWith('image/')) throw thrown;
    throw new Fault('feed/failed', `reading ${archive.url}: ${thrown.message}; fetch it again`, { cause: thrown });
  }
}

async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}
