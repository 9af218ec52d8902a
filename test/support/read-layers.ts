import assert from 'node:assert/strict';
import { finishDigest, startDigest } from '#core/digest.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import type { ImageSource } from '#registry/layer-source.ts';

/** Reads all layers; their digests must be those that the manifest and the config name. `seen` hears of every piece. */
export async function readLayers(source: ImageSource, seen?: (piece: Uint8Array) => void): Promise<void> {
  for (const { bytes, digest, diffId } of source.layers) {
    assert.notEqual(bytes.kind, 'folder');
    const [stored, plain] = [startDigest(), startDigest()];
    const observed = async function* () {
      for await (const piece of openLayerBytes(bytes as Exclude<typeof bytes, { kind: 'folder' }>)) {
        stored.update(piece);
        seen?.(piece);
        yield piece;
      }
    };
    for await (const piece of inflate(observed())) plain.update(piece);
    assert.deepEqual([finishDigest(stored), finishDigest(plain)], [digest, diffId]);
  }
}
