import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { type ChosenImage, chooseImage, platformMissing, platformOf } from './choose-image.ts';
import { parseConfig } from './image-config.ts';
import {
  type Descriptor,
  type DocumentReader,
  descriptorOf,
  documentReader,
  type ImageContent,
  type ResolveOptions,
  type Root,
} from './image-content.ts';
import { formatPlatform, type ImagePlatform, parsePlatform, platformRank } from './image-platform.ts';
import type { ImageSource, LayerBytes, SourceLayer } from '../layer-source.ts';
import { isReadableLayer } from './manifest.ts';

/**
 * Finds the one image meant by what was asked for and reads it: through indexes to limits.indexDepth, by platform. With one
 * root the root may be an index or an image; several roots are read as an index that has no document of its own. When no
 * platform is asked for, an image for only one platform is taken, else linux/amd64. Digest and size of every document are
 * verified. Throws `image/platform-missing` with what there is, `image/not-an-image`, `image/digest-mismatch`,
 * `image/corrupt`, `image/unsupported` or `image/too-large`.
 */
export async function resolveImage(
  content: ImageContent,
  roots: readonly Root[],
  options: ResolveOptions,
): Promise<ImageSource> {
  const wanted = options.platform === null ? null : parsePlatform(options.platform);
  const reader = documentReader(content, options);
  const only = roots.length === 1 ? descriptorOf(roots[0]!, options.reference) : null;
  if (only !== null) {
    const root = await reader.manifest(only);
    if (root.manifest.kind === 'image') {
      const found = { ...root, manifest: root.manifest, platform: platformOf(roots[0]!) };
      return await readImage(content, reader, found, wanted, null, options);
    }
    const found = await chooseImage(reader, root.manifest.manifests, 1, wanted, options);
    return await readImage(content, reader, found, wanted, only.digest, options);
  }
  const found = await chooseImage(reader, roots, 0, wanted, options);
  return await readImage(content, reader, found, wanted, null, options);
}

/** Reads the config of an image and puts the image together. */
export async function readImage(
  content: ImageContent,
  reader: DocumentReader,
  found: ChosenImage,
  wanted: ImagePlatform | null,
  parentDigest: Digest | null,
  options: ResolveOptions,
): Promise<ImageSource> {
  const { reference, limits } = options;
  const { manifest, descriptor } = found;
  if (manifest.artifact !== null) {
    throw new Fault('image/not-an-image', `${reference} is not an image: ${manifest.artifact}`);
  }
  const configDescriptor = descriptorOf(manifest.config, reference);
  const where = `config ${configDescriptor.digest} of ${reference}`;
  const bytes = await reader.read(configDescriptor, 'config');
  const { config, diffIds } = parseConfig(bytes, configDescriptor.digest, found.platform, where);
  if (wanted !== null && platformRank(wanted, found.platform ?? config) === null) {
    throw platformMissing(reference, wanted, [formatPlatform(config)]);
  }
  if (manifest.layers.length > limits.layers) {
    throw new Fault(
      'image/too-large',
      `${reference} has ${manifest.layers.length} layers; at most ${limits.layers} are read`,
    );
  }
  if (diffIds.length !== manifest.layers.length) {
    const counts = `${manifest.layers.length} layers but its config names ${diffIds.length}`;
    throw new Fault('image/corrupt', `${reference}: the manifest has ${counts}`);
  }
  const layers: SourceLayer[] = [];
  for (const [i, listed] of manifest.layers.entries()) {
    const layer = descriptorOf(listed, reference);
    const readable = isReadableLayer(layer.mediaType);
    layers.push({
      digest: layer.digest,
      diffId: diffIds[i]!,
      mediaType: layer.mediaType,
      size: layer.size,
      bytes: readable ? await content.layer(layer) : unreadable(layer, reference),
    });
  }
  return {
    reference,
    digest: descriptor.digest,
    parentDigest,
    manifest: Buffer.from(found.text).toString('utf8'),
    config,
    platform: formatPlatform(config),
    layers,
  };
}

function unreadable(layer: Descriptor, reference: string): LayerBytes {
  const type = layer.mediaType.slice(0, 200);
  return {
    kind: 'stream',
    open: async () => {
      throw new Fault(
        'image/unsupported',
        `layer ${layer.digest} of ${reference} has media type '${type}', which is not read`,
      );
    },
  };
}
