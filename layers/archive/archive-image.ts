import { getImageReport } from '#analysis/image-report-store.ts';
import { chainIds } from '#analysis/base-image.ts';
import type { Image, ImageContent } from '#catalog/image.ts';
import { findImage } from '#catalog/image-store.ts';
import { indexesOf } from '#catalog/restored-image-store.ts';
import { type TagMoveOf, tagMovesOf } from '#catalog/tag-moves-store.ts';
import { type Digest, digestHex } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { version } from '#core/version.ts';
import { reportFindings } from '#matching/judge-report.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import type { Sql } from '#platform/sql.ts';
import { type PastVerdict, pastVerdicts } from '#policy/verdict-history-store.ts';
import { archiveFiles, archiveForm, type ArchiveManifest } from '#schema/image-archive.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { archiveKey } from './archive-blob.ts';
import { writeArchive } from './archive-document.ts';
import { endArchiving, giveUpArchiving, hasArchive } from './archive-store.ts';
import type { ArchivedImage, ArchivedTag } from './archived-image.ts';

export type ArchiveWorld = Pick<Platform, 'sql' | 'blobs' | 'clock' | 'log'>;

/** What became of an image that was to be archived; `detail` is for people. */
export type ArchiveOutcome =
  | { readonly kind: 'archived' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** Somebody else has taken it up, or it was deleted meanwhile. */
  | { readonly kind: 'left' };

/** Called in the transaction in which an image becomes archived, with the tags that the archive holds. */
export type AlongWith = (tx: Sql, tags: readonly ArchivedTag[]) => Promise<void>;

/**
 * The step of an archiving that was begun: writes everything that is known of the image into its archive and notes that it is there. Done
 * again it writes the same; what fails leaves things as they were before, and an event says why. The image stays where it is unless
 * `alongWith` takes it away. Whoever calls it sends `notice.raised`.
 */
export async function archiveImage(
  world: ArchiveWorld,
  begun: ArchivedImage,
  alongWith: AlongWith = async () => {},
): Promise<ArchiveOutcome> {
  const { account, digest } = begun;
  const key = archiveKey(begun);
  try {
    const image = requireAnalyzed(await findImage(world, account, digest), digest);
    const moves = await tagMovesOf(world, account, digest, mostMoves);
    let size = 0;
    const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        size += piece.length;
        yield piece;
      }
    };
    await world.blobs.replace(key, counted(await documentOf(world, begun, image, moves)));
    const tags = newestOfEach(moves);
    const ended = await endArchiving(world, begun, size, tags, world.clock.now(), async (tx) => {
      await alongWith(tx, tags);
      await raise(
        tx,
        begun,
        'system.analysis_archive.image_archived',
        { archive_size_bytes: size, archive: key },
        world.clock.now(),
      );
    });
    if (!ended) {
      // Deleted meanwhile: its blob may have come after that.
      if (!(await hasArchive(world, begun))) await world.blobs.delete(key);
      return { kind: 'left' };
    }
    world.log.info('image archived', { account, digest, bytes: size });
    return { kind: 'archived' };
  } catch (thrown) {
    const { message } = Fault.from(thrown);
    if (await giveUpArchiving(world, begun, world.clock.now())) await world.blobs.delete(key);
    await raise(
      world.sql,
      begun,
      'system.analysis_archive.image_archive_failed',
      { error: message },
      world.clock.now(),
    );
    world.log.error('image not archived', { account, digest, message });
    return { kind: 'failed', detail: message };
  }
}

/** Moves of tags that an archive holds, the newest. */
const mostMoves = 20_000;

/** Bytes of verdicts, as JSON, that an archive holds: the newest, and how many. */
const mostVerdicts = { bytes: 16 * 1024 * 1024, count: 100 } as const;

type Analyzed = Image & { readonly content: ImageContent; readonly analyzedAt: number };

function requireAnalyzed(image: Image | null, digest: string): Analyzed {
  if (image === null || image.digest !== digest || image.status !== 'active')
    throw new Fault('state/not-found', `archiving ${digest}: there is no such image any more`);
  const { content, analyzedAt } = image;
  if (image.state !== 'analyzed' || content === null || analyzedAt === null)
    throw new Fault('state/conflict', `archiving ${digest}: it is not analyzed, its state is ${image.state}`);
  return { ...image, content, analyzedAt };
}

async function documentOf(
  world: ArchiveWorld,
  begun: ArchivedImage,
  image: Analyzed,
  moves: readonly TagMoveOf[],
): Promise<AsyncGenerator<Uint8Array>> {
  const { account } = begun;
  const report = await getImageReport(world, image.content.report);
  const { findings, suppressed } = await reportFindings(world, report, { account, knownSince: image.createdAt });
  const dockerfile = image.dockerfile === null ? null : await readBlob(world.blobs, image.dockerfile);
  const { report: _, ...content } = image.content;
  const chain = chainIds(report.layers.map(({ diffId }) => diffId as Digest)).at(-1);
  const manifest: Omit<ArchiveManifest, 'artifacts'> = {
    format: archiveForm,
    version: 1,
    program: version,
    account,
    image_digest: image.digest,
    archived_at: begun.since,
    image: {
      indexes: [...(await indexesOf(world, account, image.digest))],
      ...{ parentDigest: image.parentDigest, imageId: image.imageId, platform: image.platform },
      ...{ pullReference: image.pullReference, annotations: image.annotations },
      ...{ createdAt: image.createdAt, analyzedAt: image.analyzedAt },
      chain: chain === undefined ? null : digestHex(chain),
      content,
    },
    tags: [...moves],
  };
  return writeArchive(manifest, [
    file(archiveFiles.report, report),
    file(archiveFiles.findings, { judged_at: world.clock.now(), findings, suppressed }),
    file(archiveFiles.verdicts, await verdictsOf(world, account, image.digest)),
    ...(dockerfile === null ? [] : [{ path: archiveFiles.dockerfile, content: dockerfile }]),
  ]);
}

function file(path: string, value: unknown) {
  return { path, content: Buffer.from(JSON.stringify(value)) };
}

/** Verdicts as an archive holds them, newest first: bundles are large and few, so each stands once. */
export interface ArchivedVerdicts {
  readonly bundles: readonly PolicyBundle[];
  readonly verdicts: readonly (Omit<PastVerdict, 'bundle'> & { readonly bundle: number })[];
}

async function verdictsOf(world: ArchiveWorld, account: string, digest: string): Promise<ArchivedVerdicts> {
  const bundles = new Map<string, number>();
  const kept: PolicyBundle[] = [];
  const verdicts: (Omit<PastVerdict, 'bundle'> & { bundle: number })[] = [];
  let bytes = 0;
  for await (const { bundle, ...past } of pastVerdicts(world, account, digest)) {
    const text = JSON.stringify(bundle);
    bytes += JSON.stringify(past).length + (bundles.has(text) ? 0 : text.length);
    if (bytes > mostVerdicts.bytes) break;
    const place = bundles.get(text) ?? kept.push(bundle) - 1;
    bundles.set(text, place);
    if (verdicts.push({ ...past, bundle: place }) === mostVerdicts.count) break;
  }
  return { bundles: kept, verdicts };
}

function newestOfEach(moves: readonly TagMoveOf[]): readonly ArchivedTag[] {
  const tags = new Map<string, ArchivedTag>();
  for (const { saidAt: _, pointedTo: __, ...move } of moves) {
    const name = `${move.registry}/${move.repository}:${move.tag}`;
    if ((tags.get(name)?.detectedAt ?? -1) < move.detectedAt) tags.set(name, move);
  }
  return [...tags.values()];
}

async function raise(
  sql: Sql,
  { archiveNo, account, digest, since }: ArchivedImage,
  type: 'system.analysis_archive.image_archived' | 'system.analysis_archive.image_archive_failed',
  details: Readonly<Record<string, unknown>>,
  at: number,
): Promise<void> {
  await raiseEvents(sql, 'catalog', [{ id: `${archiveNo} ${since}`, account, type, resource: digest, details, at }]);
}
