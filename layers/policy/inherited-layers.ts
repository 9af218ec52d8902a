import type { Facts } from './gate.ts';

/** diff_ids of the layers that an image has from the one that it was built on; none where that is not known. */
export function inheritedLayers({ image, base }: Facts): ReadonlySet<string> {
  return new Set(image.layers.slice(0, base?.layers ?? 0).map(({ diffId }) => diffId));
}
