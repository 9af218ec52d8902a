import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Digest, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { gunzip } from '#registry/inflate/gunzip.ts';
import { chunkInput } from '#registry/tar/byte-input.ts';
import { tarEntries } from '#registry/tar/tar-stream.ts';
import { tarOf } from '#registry/tar/tar-writer.ts';
import {
  archivedReport,
  archiveFiles,
  type ArchiveManifest,
  archiveManifest,
  manifestName,
} from '#schema/image-archive.ts';
import type { ImageReport } from '#schema/image-report.ts';

/** What an archive holds; `files` are those that the manifest names. */
export interface ArchiveDocument {
  readonly manifest: ArchiveManifest;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Bytes of an archive when it is inflated. */
export const mostInflated = 1024 * 1024 * 1024;

/** The manifest's own bytes: 20,000 tags and all annotations are some 6 MiB. */
const mostManifest = 16 * 1024 * 1024;

/** Entries that are looked at; ours have five. */
const mostEntries = 1000;

/** An archive as bytes: its manifest says size and digest of each file. */
export async function* writeArchive(
  manifest: Omit<ArchiveManifest, 'artifacts'>,
  files: readonly { readonly path: string; readonly content: Buffer }[],
): AsyncGenerator<Uint8Array> {
  const artifacts = files.map(({ path: name, content }) => ({ name, size: content.length, sha256: digestOf(content) }));
  const whole: ArchiveManifest = { ...manifest, artifacts };
  const all = [{ path: manifestName, content: Buffer.from(JSON.stringify(whole)) }, ...files];
  const compressed = new PassThrough();
  const done = pipeline(Readable.from(tarOf(all)), createGzip(), compressed);
  done.catch(() => {});
  yield* compressed as AsyncIterable<Buffer>;
  await done;
}

/**
 * Reads an archive that anybody may have made, at most `most` bytes of it inflated. Throws `image/corrupt` for what is damaged, cut off or
 * of another form, `image/unsupported` for archives of the original and of later versions, and `input/too-large`.
 */
export async function readArchive(bytes: AsyncIterable<Uint8Array>, most: number): Promise<ArchiveDocument> {
  const entries = new Map<string, Buffer>();
  let seen = 0;
  for await (const { path, type, size, problem, body } of tarEntries(inflated(bytes, most), defaultLimits)) {
    if (++seen > mostEntries) throw corrupt(`it has more than ${mostEntries} entries`);
    if (type !== 'file' || problem !== null || !known.has(path) || entries.has(path)) continue;
    if (path === manifestName && size > mostManifest) throw corrupt('its manifest is too large');
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    entries.set(path, Buffer.concat(pieces));
  }
  const manifest = manifestOf(entries.get(manifestName));
  const files = new Map<string, Buffer>();
  for (const { name, size, sha256 } of manifest.artifacts) {
    const content = entries.get(name);
    if (content === undefined) continue;
    if (content.length !== size || digestOf(content) !== sha256)
      throw corrupt(`${name} is not what its manifest says: the archive was damaged or changed`);
    files.set(name, content);
  }
  return { manifest, files };
}

const known: ReadonlySet<string> = new Set([manifestName, ...Object.values(archiveFiles)]);

/** The image report of an archive that was made here, as it was stored; throws `image/corrupt`. */
export function ownReport({ files }: ArchiveDocument): ImageReport {
  const report = jsonOf(files.get(archiveFiles.report), archiveFiles.report) as Partial<ImageReport> | null;
  if (report?.version === 1 && Array.isArray(report.packages)) return report as ImageReport;
  throw corrupt(`${archiveFiles.report} is of another form`);
}

/** The image report of an archive that anybody may have made, of the image that its manifest names; throws `image/corrupt`. */
export function foreignReport({ manifest, files }: ArchiveDocument): ImageReport {
  const parsed = archivedReport.safeParse(jsonOf(files.get(archiveFiles.report), archiveFiles.report));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw corrupt(`${archiveFiles.report} at '${path.join('.').slice(0, 100)}': ${message.slice(0, 200)}`);
  }
  const report = parsed.data as ImageReport;
  if (report.digest !== (manifest.image_digest as Digest))
    throw corrupt(`${archiveFiles.report} speaks of another image than its manifest`);
  return report;
}

/** A file of an archive as JSON; throws `image/corrupt`. */
export function jsonOf(content: Buffer | undefined, name: string): unknown {
  if (content === undefined) throw corrupt(`it has no ${name}`);
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw corrupt(`${name} is not JSON`, cause);
  }
}

function manifestOf(content: Buffer | undefined): ArchiveManifest {
  const json = jsonOf(content, manifestName);
  const parsed = archiveManifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown };
  if (format === undefined)
    throw new Fault(
      'image/unsupported',
      'the archive was not written by Plimsoll: what other programs found in an image is not taken over; add the image instead, so that it is analyzed',
    );
  if (version !== 1)
    throw new Fault('image/unsupported', 'the archive was written by a later version of Plimsoll: update this one');
  const { path, message } = parsed.error.issues[0]!;
  throw corrupt(`${manifestName} at '${path.join('.').slice(0, 100)}': ${message.slice(0, 200)}`);
}

async function* inflated(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of gunzip(chunkInput(bytes))) {
    size += piece.length;
    if (size > most) throw new Fault('input/too-large', `the archive has more than ${most} bytes when it is inflated`);
    yield piece;
  }
  if (size === 0) throw corrupt('it is not a tar.gz');
}

function corrupt(how: string, cause?: unknown): Fault {
  return new Fault('image/corrupt', `invalid archive format (a tar.gz made by Plimsoll was expected): ${how}`, {
    cause,
  });
}
