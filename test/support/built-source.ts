import type { ImageSource, SourceLayer } from '#registry/layer-source.ts';
import type { BuiltImage, BuiltLayer } from './image-builder.ts';

/** A built layer as a source gives it, its bytes streamed in pieces; `opened` counts how often they were asked for. */
export function layerSource(built: BuiltLayer, opened: { count: number } = { count: 0 }): SourceLayer {
  const open = async () => {
    opened.count += 1;
    return pieces(built.bytes);
  };
  return {
    digest: built.digest,
    diffId: built.diffId,
    mediaType: built.mediaType,
    size: built.bytes.length,
    bytes: { kind: 'stream', open },
  };
}

/** A built image as a source gives it, without a registry or file behind it. */
export function imageSource(
  built: BuiltImage,
  layers: readonly SourceLayer[] = built.layers.map((it) => layerSource(it)),
): ImageSource {
  const raw = JSON.parse(built.config.toString()) as Record<string, unknown>;
  return {
    reference: 'example.test/built:latest',
    digest: built.digest,
    parentDigest: null,
    manifest: built.bytes.toString(),
    config: {
      digest: built.configDigest,
      os: 'linux',
      architecture: 'amd64',
      variant: null,
      created: '2024-01-01T00:00:00Z',
      history: [],
      raw,
    },
    platform: built.platform ?? 'linux/amd64',
    layers,
  };
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
