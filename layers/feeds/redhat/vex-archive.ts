import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SetAside } from '../advisory.ts';
import { archiveFiles } from '../archive-files.ts';
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
  const bytes = inflatedPart(downloaded, inflatedBytes);
  const wanted = (path: string) => !skip.has(idOf(path) ?? '');
  for await (const file of archiveFiles(bytes, archive.url, documentBytes, wanted)) {
    const id = idOf(file.path);
    if (id === null) yield { record: file.path.slice(0, 200), reason: 'it is no document of a CVE' };
    else if (file.problem !== null) yield { record: id, reason: file.problem };
    else yield { id, bytes: file.bytes };
  }
}

function idOf(path: string): string | null {
  return /(?:^|\/)(cve-\d{4}-\d{4,12})\.json$/i.exec(path)?.[1]?.toUpperCase() ?? null;
}
