import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Note } from '#core/note.ts';
import type { Package } from '#core/package.ts';
import { readBlob } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import { parseConfig } from '#registry/image/image-config.ts';
import { parseManifest } from '#registry/image/manifest.ts';
import { parseJson } from '#registry/image/document.ts';
import { type ImageReport, noDetails, type ReportLayer } from '#schema/image-report.ts';
import { statedBase } from '../base-image.ts';
import { packageProblem } from '../package-problem.ts';
import { byteOrder } from '../programs/byte-order.ts';
import { importBlob, type ImportKind, type ImportOperation } from './import-operation.ts';
import { readSyft, type SyftPackage } from './syft.ts';

/** What an imported image is called in the catalog. */
export interface ImportedImage {
  readonly reference: string;
  readonly digest: Digest;
  readonly parentDigest: Digest;
  readonly platform: string;
}

/**
 * The report of an image that was told of and not pulled: its packages by the document, its layers by manifest and config. That nobody
 * looked into it is a note. Throws `data/corrupt` when a part is gone, and `image/corrupt` or `input/invalid` for one that cannot be read.
 */
export async function importReport(
  world: Pick<Platform, 'blobs'>,
  operation: ImportOperation,
  image: ImportedImage,
): Promise<ImageReport> {
  const part = (kind: ImportKind) => partOf(world, operation, kind);
  const configBytes = await part('image_config');
  const manifestBytes = await part('manifest');
  const { config, diffIds } = parseConfig(configBytes, null, null, 'the imported image_config');
  const document = readSyft(parseJson(await part('packages'), 'the imported packages'));
  if (document === null) throw new Fault('input/invalid', `the imported packages are no document of Syft`);
  const { packages, problems } = packagesOf(document.packages, new Set(diffIds));
  const layers = layersOf(manifestBytes, diffIds);
  const digest = operation.contents?.image_config;
  return {
    version: 1,
    analyzers: 'import',
    ...image,
    configDigest: digest === undefined ? null : `sha256:${digest}`,
    size: layers.reduce((sum, { size }) => sum + size, 0),
    created: config.created,
    layers,
    history: config.history,
    config: config.raw,
    manifest: Buffer.from(manifestBytes).toString('utf8'),
    distro: document.distro,
    packages,
    details: noDetails,
    base: statedBase(Buffer.from(manifestBytes).toString('utf8'), config.raw),
    notes: [
      told(
        `its packages were told by ${document.tool}; nobody looked into the image itself, and rules about files and secrets find nothing`,
      ),
      ...(document.unread === 0
        ? []
        : [told(`${document.unread} packages are of no known kind, or have no package URL or version`)]),
      ...problems,
    ],
    files: 0,
    imported: true,
  };
}

async function partOf(
  { blobs }: Pick<Platform, 'blobs'>,
  { id, contents }: ImportOperation,
  kind: ImportKind,
): Promise<Buffer> {
  const digest = contents?.[kind];
  const bytes = digest === undefined ? null : await readBlob(blobs, importBlob(id, kind, digest));
  if (bytes === null) throw new Fault('data/corrupt', `the ${kind} of the import ${id} is not stored any more`);
  return bytes;
}

/** Packages that are the same are one, with all their places, as those of an image that was read. */
function packagesOf(stated: readonly SyftPackage[], known: ReadonlySet<string>) {
  const gathered = new Map<string, Package>();
  const problems: Note[] = [];
  for (const { package: found, paths, layers } of stated) {
    const problem = packageProblem({ ...found, evidence: { path: '', key: '' } });
    if (problem !== null) {
      if (problems.length < 100) problems.push(told(`a package is left out: it has ${problem}`));
      continue;
    }
    const key = [found.type, found.name, found.version, found.arch, found.source].join('\n');
    const same = gathered.get(key);
    gathered.set(key, {
      ...found,
      paths: [...new Set([...(same?.paths ?? []), ...paths])].sort(byteOrder),
      layer: same?.layer ?? layers.find((layer) => known.has(layer)) ?? null,
      licenses: [...new Set([...(same?.licenses ?? []), ...found.licenses])],
    });
  }
  const sorted = [...gathered].sort(([a], [b]) => byteOrder(a, b)).map(([, one]) => one);
  return { packages: sorted, problems };
}

/** The layers of the manifest beside the diff_ids of the config, where there are as many of both. */
function layersOf(manifestBytes: Uint8Array, diffIds: readonly Digest[]): readonly ReportLayer[] {
  const manifest = parseManifest(manifestBytes, '', 'the imported manifest');
  if (manifest.kind === 'index') throw new Fault('input/invalid', 'the imported manifest is an index, not an image');
  const fits = manifest.layers.length === diffIds.length;
  return diffIds.map((diffId, at) => {
    const layer = fits ? manifest.layers[at] : undefined;
    return {
      digest: layer?.digest ?? null,
      diffId,
      mediaType: layer?.mediaType ?? '',
      size: layer?.size ?? 0,
      cached: false,
    };
  });
}

function told(problem: string): Note {
  return { analyzer: 'import', layer: null, path: null, problem };
}
