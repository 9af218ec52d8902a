import { chainIds } from '#analysis/base-image.ts';
import { packageProblem } from '#analysis/package-problem.ts';
import { type Digest, digestHex, digestOf } from '#core/digest.ts';
import { distroNamespace } from '#core/distro.ts';
import { Fault } from '#core/fault.ts';
import type { Note } from '#core/note.ts';
import { parseReference } from '#registry/reference.ts';
import { archiveFiles, type ArchiveManifest } from '#schema/image-archive.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { type ArchiveDocument, foreignReport, readArchive } from './archive-document.ts';
import type { ArchiveWorld } from './archive-image.ts';
import { putRestored, refuseKnown, type Restored } from './restore-image.ts';

/** Bytes of an archive from outside when it is inflated: reports of very large images have some 100 MiB. */
const mostInflated = 256 * 1024 * 1024;

/** Characters of annotations as JSON, as for images that are added. */
const mostAnnotations = 16_384;

const mostDockerfile = 1024 * 1024;

/**
 * Takes an image from an archive that another Plimsoll made: record, tags and what was found in it, to be judged by what is known here. Nothing
 * of it is believed beyond the account that brings it: the report is the account's own, layers that it names are not looked into, so that
 * its files are not known, and verdicts of elsewhere stay there. Throws `state/conflict` for an image that is there, `image/corrupt` and
 * `image/unsupported` for what is no such archive, and `input/too-large`.
 */
export async function importArchive(world: ArchiveWorld, account: string, bytes: Uint8Array): Promise<Restored> {
  const document = await readArchive(piecesOf(bytes), mostInflated);
  const digest = document.manifest.image_digest as Digest;
  await refuseKnown(world, account, digest);
  const report = importedReport(foreignReport(document));
  const manifest = importedManifest(document, report, world.clock.now());
  const next = await putRestored(world, account, { ...document, manifest }, report, async () => {});
  return { digest, next };
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function importedReport(report: ImageReport): ImageReport {
  for (const found of report.packages) {
    const problem = packageProblem({ ...found, evidence: { path: '', key: '' } });
    if (problem !== null) throw corrupt(`a package has ${problem}`);
  }
  if (report.manifest !== null && report.digest !== digestOf(report.manifest))
    throw corrupt('the manifest of the image does not have its digest');
  return { ...report, imported: true, notes: [...report.notes, importedNote] };
}

const importedNote: Note = {
  analyzer: 'archive',
  layer: null,
  path: null,
  problem: 'the image was imported from an archive: its files are not known, and rules about files find nothing',
};

/** What an archive says of its image, as far as it is not better known from the report. */
function importedManifest(document: ArchiveDocument, report: ImageReport, now: number): ArchiveManifest {
  const { manifest, files } = document;
  const { image, image_digest: digest } = manifest;
  if (`sha256:${image.imageId}` !== report.configDigest) throw corrupt('the image and its report have different ids');
  if (JSON.stringify(image.annotations).length > mostAnnotations) throw corrupt('its annotations are too large');
  if ((files.get(archiveFiles.dockerfile)?.length ?? 0) > mostDockerfile) throw corrupt('its Dockerfile is too large');
  const pulled = referenceOf(image.pullReference);
  if (pulled.digest !== digest) throw corrupt('it says that the image is pulled by another digest');
  const pointed = new Set([digest, ...image.indexes.map((index) => index.digest)]);
  if (!pointed.has(image.parentDigest)) throw corrupt('the index that it names is not among those that it is in');
  const chain = chainIds(report.layers.map(({ diffId }) => diffId as Digest)).at(-1);
  return {
    ...manifest,
    image: {
      ...image,
      pullReference: `${pulled.registry}/${pulled.repository}@${digest}`,
      createdAt: Math.min(image.createdAt, now),
      analyzedAt: Math.min(image.analyzedAt, now),
      chain: chain === undefined ? null : digestHex(chain),
      content: {
        size: Math.round(report.size),
        layerCount: report.layers.length,
        arch: report.platform.split('/')[1] ?? '',
        distro: report.distro?.id ?? null,
        distroVersion: report.distro?.versionId ?? null,
        namespace: distroNamespace(report.distro),
        base: image.content.base,
      },
    },
    tags: manifest.tags.map((tag) => {
      const name = referenceOf(`${tag.registry}/${tag.repository}:${tag.tag}`);
      if (name.registry !== tag.registry || name.repository !== tag.repository || name.tag !== tag.tag)
        throw corrupt('it names a tag that no registry has');
      if (!pointed.has(tag.pointedTo)) throw corrupt('it names a tag of another image');
      return { ...tag, detectedAt: Math.min(tag.detectedAt, now), saidAt: Math.min(tag.saidAt, now) };
    }),
  };
}

function referenceOf(text: string) {
  try {
    return parseReference(text);
  } catch (cause) {
    throw corrupt('it holds a reference that is none', cause);
  }
}

function corrupt(how: string, cause?: unknown): Fault {
  return new Fault('image/corrupt', `invalid archive format (a tar.gz made by Plimsoll was expected): ${how}`, {
    cause,
  });
}
