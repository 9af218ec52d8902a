import { putAccountReport } from '#analysis/image-report-store.ts';
import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { findImage } from '#catalog/image-store.ts';
import { putDockerfile } from '#catalog/put-dockerfile.ts';
import { insertKnownImage } from '#catalog/restored-image-store.ts';
import { insertTagMoves } from '#catalog/tag-moves-store.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import { insertVerdicts, putPastVerdict, type StoredPast } from '#policy/verdict-history-store.ts';
import { archiveFiles } from '#schema/image-archive.ts';
import type { Event } from '#schema/events.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { archiveKey } from './archive-blob.ts';
import { type ArchiveDocument, jsonOf, mostInflated, ownReport, readArchive } from './archive-document.ts';
import type { ArchivedVerdicts, ArchiveWorld } from './archive-image.ts';
import { findArchived, noteRestored } from './archive-store.ts';
import type { ArchivedImage } from './archived-image.ts';

export interface Restored {
  readonly digest: Digest;
  readonly next: readonly Event[];
}

/**
 * Takes an image back from the archive of an account: record, tags, report and verdicts as they were, to be judged by what is known now. The
 * archive keeps its copy. Gives the image's own digest and what has to happen next. Throws `state/not-found` for what is not archived, `state/conflict` for an image
 * that is there, and `data/corrupt` for an archive that is lost or damaged.
 */
export async function restoreImage(world: ArchiveWorld, account: string, digest: string): Promise<Restored> {
  const archived = await findArchived(world, account, digest);
  if (archived === null || archived.size === null || archived.status === 'deleting')
    throw new Fault('state/not-found', `restoring ${digest.slice(0, 80)}: it is not in the archive`);
  await refuseKnown(world, account, archived.digest);
  try {
    const document = await storedArchive(world, archived);
    const past = await putVerdicts(world, document);
    const next = await putRestored(world, account, document, ownReport(document), async (tx, now) => {
      await insertVerdicts(tx, account, archived.digest, past);
      await noteRestored({ sql: tx }, archived, now);
    });
    return { digest: archived.digest, next };
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (fault.code !== 'state/conflict') await raiseFailed(world, archived, fault.message);
    throw fault;
  }
}

/**
 * Puts what an archive holds into the catalog, with what was found in the image; `alongWith` is done in the same transaction. Gives what has to happen next. Throws
 * `state/conflict` for an image that is there.
 */
export async function putRestored(
  world: ArchiveWorld,
  account: string,
  document: ArchiveDocument,
  found: ImageReport,
  alongWith: (tx: Sql, now: number) => Promise<void>,
): Promise<readonly Event[]> {
  const { manifest, files } = document;
  const digest = manifest.image_digest as Digest;
  const report = await putAccountReport(world, account, found);
  const given = files.get(archiveFiles.dockerfile);
  const dockerfile = given === undefined ? null : await putDockerfile(world, given);
  const { content, chain, ...image } = manifest.image;
  const now = world.clock.now();
  await world.sql.transaction(async (tx) => {
    const parentDigest = image.parentDigest as Digest;
    const known = { ...image, account, digest, parentDigest, dockerfile, chain, content: { ...content, report } };
    if (!(await insertKnownImage(tx, known, now))) throw exists(digest);
    await insertTagMoves({ sql: tx }, account, manifest.tags);
    await alongWith(tx, now);
    const event = { account, resource: digest, details: { archived_at: manifest.archived_at }, at: now };
    await raiseEvents(tx, 'catalog', [
      { ...event, id: String(now), type: 'system.image_analysis.restored_from_archive' },
    ]);
  });
  world.log.info('image restored', { account, digest });
  return [
    { kind: 'image.analyzed', account, digest },
    { kind: 'notice.raised', account },
  ];
}

/** Throws `state/conflict` when the account has an image; one that is being deleted is none any more. */
export async function refuseKnown(world: ArchiveWorld, account: string, digest: string): Promise<void> {
  const known = await findImage(world, account, digest);
  if (known?.digest === digest && known.status === 'active') throw exists(digest);
}

function exists(digest: string): Fault {
  return new Fault(
    'state/conflict',
    `Conflict: Image already exists in system. No restore possible: delete ${digest} first`,
  );
}

async function storedArchive(world: ArchiveWorld, archived: ArchivedImage): Promise<ArchiveDocument> {
  const what = `the archive of ${archived.digest}`;
  const bytes = await world.blobs.read(archiveKey(archived));
  if (bytes === null) throw new Fault('data/corrupt', `${what} is not stored any more`);
  try {
    const document = await readArchive(bytes, mostInflated);
    if (document.manifest.image_digest === archived.digest) return document;
  } catch (cause) {
    throw new Fault('data/corrupt', `${what} cannot be read: ${Fault.from(cause).message}`, { cause });
  }
  throw new Fault('data/corrupt', `${what} holds another image`);
}

/** Documents of verdicts are stored again, for whatever was nobody's may be gone; the oldest first. */
async function putVerdicts(world: ArchiveWorld, { files }: ArchiveDocument): Promise<readonly StoredPast[]> {
  const { bundles, verdicts } = jsonOf(files.get(archiveFiles.verdicts), archiveFiles.verdicts) as ArchivedVerdicts;
  const stored: StoredPast[] = [];
  for (const { bundle, ...past } of verdicts.toReversed())
    stored.push(await putPastVerdict(world, { ...past, bundle: bundles[bundle]! }));
  return stored;
}

async function raiseFailed(world: ArchiveWorld, { account, digest }: ArchivedImage, error: string): Promise<void> {
  const at = world.clock.now();
  const event = { id: String(at), account, resource: digest, details: { error }, at };
  await raiseEvents(world.sql, 'catalog', [{ ...event, type: 'system.image_analysis.restore_from_archive_failed' }]);
}
