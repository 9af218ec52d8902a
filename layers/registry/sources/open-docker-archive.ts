import { digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { dockerArchiveManifest } from '#schema/oci.ts';
import { type ImageFiles, notAnImage, openFromArchive } from './archive.ts';
import { parseDocument } from '../image/document.ts';
import { parseConfig } from '../image/image-config.ts';
import { formatPlatform, parsePlatform, platformRank } from '../image/image-platform.ts';
import type { ImageSource, SourceLayer } from '../layer-source.ts';
import type { OpenOptions, SourceKind } from './source-kind.ts';
import { splitSource } from './split-source.ts';

type Record = ReturnType<typeof dockerArchiveManifest.parse>[number];

/** `docker-archive:FILE[:NAME:TAG]`: what `docker save` writes since 1.10 (2016), plain or compressed. */
export const dockerArchive: SourceKind = {
  prefix: 'docker-archive',
  async open(_world, request) {
    const { path, tag } = await splitSource(request.rest, request.reference);
    const { reference, options } = request;
    return await openFromArchive(path, options, (files) => openDockerArchive(files, path, { reference, tag, options }));
  },
};

/** Opens one image of a docker archive, wherever its files lie. `tag` is one of its RepoTags, or the end of one. */
export async function openDockerArchive(
  archive: ImageFiles,
  path: string,
  request: { readonly reference: string; readonly tag: string | null; readonly options: OpenOptions },
): Promise<ImageSource> {
  const { reference, tag, options } = request;
  const { limits } = options;
  const manifest = await archive.read('manifest.json', limits.documentBytes);
  if (manifest === null) {
    if ((await archive.locate('repositories')) !== null) {
      throw new Fault('image/unsupported', `'${path}' was written by Docker before 1.10; save the image again`);
    }
    throw notAnImage(path, 'it is a tar without manifest.json');
  }
  const records = parseDocument(manifest, dockerArchiveManifest, `manifest.json of '${path}'`).value;
  const chosen = choose(records, tag, path);
  const bytes = await archive.read(chosen.Config, limits.documentBytes);
  if (bytes === null)
    throw new Fault('image/corrupt', `'${path}' names the config '${chosen.Config}' but does not hold it`);
  const digest = digestOf(bytes);
  // The config is named by its digest; some builders name it otherwise, and then there is nothing to compare.
  const named = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/.exec(chosen.Config)?.[1];
  if (named !== undefined && digest !== `sha256:${named}`) {
    throw new Fault('image/digest-mismatch', `config '${chosen.Config}' of '${path}' has the digest ${digest}`);
  }
  const { config, diffIds } = parseConfig(bytes, digest, null, `config '${chosen.Config}' of '${path}'`);
  if (options.platform !== undefined && platformRank(parsePlatform(options.platform), config) === null) {
    throw new Fault(
      'image/platform-missing',
      `${reference} is not built for ${options.platform}; it is for ${formatPlatform(config)}`,
      { detail: { platforms: [formatPlatform(config)] } },
    );
  }
  if (chosen.Layers.length > limits.layers) {
    throw new Fault(
      'image/too-large',
      `${reference} has ${chosen.Layers.length} layers; at most ${limits.layers} are read`,
    );
  }
  if (chosen.Layers.length !== diffIds.length) {
    const counts = `${chosen.Layers.length} layers but its config names ${diffIds.length}`;
    throw new Fault('image/corrupt', `'${path}': manifest.json has ${counts}`);
  }
  const layers: SourceLayer[] = [];
  for (const [i, name] of chosen.Layers.entries()) {
    const located = await archive.locate(name);
    if (located === null) throw new Fault('image/corrupt', `'${path}' names the layer '${name}' but does not hold it`);
    layers.push({
      digest: null,
      diffId: diffIds[i]!,
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
      size: located.length,
      bytes: located,
    });
  }
  return {
    reference,
    digest: null,
    parentDigest: null,
    manifest: null,
    config,
    platform: formatPlatform(config),
    layers,
  };
}

function choose(records: readonly Record[], tag: string | null, path: string): Record {
  if (records.length === 0) throw new Fault('image/not-an-image', `'${path}' is a docker archive without any image`);
  const names = records
    .flatMap(({ RepoTags }) => RepoTags)
    .slice(0, 20)
    .map((name) => `'${name.slice(0, 200)}'`)
    .join(', ');
  if (tag === null) {
    if (records.length === 1) return records[0]!;
    throw new Fault(
      'input/invalid',
      `'${path}' holds ${records.length} images; choose one by adding :NAME:TAG of ${names}`,
    );
  }
  const exact = records.find(({ RepoTags }) => RepoTags.includes(tag));
  const ending = records.filter(({ RepoTags }) =>
    RepoTags.some((name) => name.endsWith(`/${tag}`) || name.endsWith(`:${tag}`)),
  );
  const found = exact ?? (ending.length === 1 ? ending[0] : undefined);
  if (found !== undefined) return found;
  throw new Fault(
    'input/invalid',
    `'${path}' has no image named '${tag.slice(0, 200)}'; it has ${names || 'no names'}`,
  );
}
