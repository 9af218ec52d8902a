import type { SourceLayer } from '#registry/layer-source.ts';

/** What a layer is called in messages. */
export function layerName(layer: SourceLayer): string {
  if (layer.bytes.kind === 'folder') return layer.bytes.path;
  return layer.digest ?? layer.diffId ?? 'without a digest';
}
