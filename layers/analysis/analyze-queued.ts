import type { Digest } from '#core/digest.ts';
import { distroNamespace } from '#core/distro.ts';
import type { Limits } from '#core/limits.ts';
import type { OpenRegistryImage } from '#catalog/admit-image.ts';
import { findStoredBase } from '#catalog/base-image-store.ts';
import type { Image } from '#catalog/image.ts';
import { moveImage } from '#catalog/image-store.ts';
import { noteAttempt } from '#catalog/note-attempt.ts';
import type { MalwareScanner } from '#platform/malware.ts';
import type { Platform } from '#platform/platform.ts';
import type { Event, EventOf } from '#schema/events.ts';
import type { BaseImage, ImageReport } from '#schema/image-report.ts';
import type { AnalysisSettings } from './analysis-settings.ts';
import { analyzeImage } from './analyze-image.ts';
import { chainIds, findBaseImage } from './base-image.ts';
import { putAccountReport, putImageReport } from './image-report-store.ts';
import type { ImportOperation } from './imports/import-operation.ts';
import { importReport } from './imports/import-report.ts';
import { completeImport, importOf } from './imports/import-store.ts';
import type { LayerPool } from './layer-pool.ts';

export type AnalyzeWorld = Pick<Platform, 'sql' | 'blobs' | 'clock' | 'log'> & {
  readonly openRegistryImage: OpenRegistryImage;
  readonly limits: Limits;
  readonly analysisSettings?: AnalysisSettings;
  /** What looks for malware; nobody when null or left out. */
  readonly malware?: MalwareScanner | null;
  readonly pool: LayerPool;
  readonly temporaryFile: (name: string) => string;
  /** Ends the work early: the image stays claimed, and who takes it up again goes on with the layers that are known by then. */
  readonly signal?: AbortSignal;
};

/**
 * The step from `image.queued` to `image.analyzed`. Layers that are known are not read; run again after a crash it goes on
 * with those that were finished. An image that is past this step only has its next event sent again.
 */
export async function analyzeQueued(world: AnalyzeWorld, queued: EventOf<'image.queued'>): Promise<readonly Event[]> {
  const { account, digest } = queued;
  const next: Event = { kind: 'image.analyzed', account, digest };
  const claimed = await moveImage(world, queued, 'claimed', world.clock.now());
  if (claimed === null) return [next];
  await noteAttempt(world, queued, async () => {
    const imported = await importOf(world, account, digest);
    await (imported === null ? analyzeClaimed(world, claimed) : indexImported(world, claimed, imported));
  });
  return [next];
}

async function analyzeClaimed(world: AnalyzeWorld, { account, digest, pullReference, platform }: Image): Promise<void> {
  await using source = await world.openRegistryImage(pullReference, { account, platform });
  const report = await analyzeImage(world, source, world);
  const key = await putImageReport(world, report);
  // In the catalog, not in the report: other accounts share that, and must not learn what this one has.
  const base = await findBaseImage(report, (question) => findStoredBase(world, account, question));
  const chain = chainIds(report.layers.map(({ diffId }) => diffId as Digest)).at(-1) ?? null;
  const content = contentOf(report, key, base);
  await moveImage(world, { account, digest }, 'indexed', world.clock.now(), { content, chain });
  world.log.info('image analyzed', { account, digest, packages: report.packages.length, notes: report.notes.length });
}

/** An image that was told of: its parts stand for its layers, and what they say is its account's alone. */
async function indexImported(world: AnalyzeWorld, image: Image, imported: ImportOperation): Promise<void> {
  const { account, digest, parentDigest, platform, pullReference: reference } = image;
  const report = await importReport(world, imported, { reference, digest, parentDigest, platform });
  const key = await putAccountReport(world, account, report);
  const base = await findBaseImage(report, (question) => findStoredBase(world, account, question));
  await world.sql.transaction(async (tx) => {
    const now = world.clock.now();
    await moveImage({ sql: tx }, image, 'indexed', now, { content: contentOf(report, key, base) });
    await completeImport({ sql: tx }, imported.id, now);
  });
  world.log.info('image imported', { account, digest, packages: report.packages.length, notes: report.notes.length });
}

function contentOf(report: ImageReport, key: string, base: BaseImage | null) {
  return {
    report: key,
    size: report.size,
    layerCount: report.layers.length,
    arch: report.platform.split('/')[1] ?? '',
    distro: report.distro?.id ?? null,
    distroVersion: report.distro?.versionId ?? null,
    namespace: distroNamespace(report.distro),
    base,
  };
}
