import type { Hash } from 'node:crypto';
import { type Digest, finishDigest, startDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import { folderEntries } from '#registry/sources/folder-entries.ts';
import { inflate, openLayerBytes } from '#registry/layer-bytes.ts';
import type { LayerBytes, SourceLayer } from '#registry/layer-source.ts';
import { type TarEntry, tarEntries } from '#registry/tar/tar-stream.ts';
import { layerName } from './layer-name.ts';

/** Inflated bytes after which the ratio to stored bytes is looked at: small layers of zeros are no attack. */
const ratioFrom = 64 * 1024 * 1024;

/** What a whole pass over a layer has measured; `diffId` is null for a folder, which has no bytes of its own. */
export interface PassMeasure {
  readonly diffId: Digest | null;
  readonly size: number;
  readonly inflated: number;
}

/** One pass over a layer, from its first stored byte to its last. */
export interface LayerPass extends AsyncDisposable {
  /** The entries, to be iterated once; bytes are counted, hashed and held against the limits as they go by. */
  readonly entries: AsyncIterable<TarEntry>;
  /**
   * Reads what follows the end of the archive, then checks both digests: only when this resolves is the layer what its
   * name says. Throws `image/digest-mismatch`, `image/too-large` or `image/corrupt`.
   */
  finish(): Promise<PassMeasure>;
}

/** Opens a pass; `onBytes` hears how many stored bytes were read so far. Nothing is read before the first entry is asked for. */
export function openLayerPass(layer: SourceLayer, limits: Limits, onBytes: (done: number) => void): LayerPass {
  return layer.bytes.kind === 'folder'
    ? folderPass(layer.bytes.path, limits)
    : new ArchivePass(layer, layer.bytes, limits, onBytes);
}

function folderPass(path: string, limits: Limits): LayerPass {
  return {
    entries: folderEntries(path, limits),
    finish: async () => ({ diffId: null, size: 0, inflated: 0 }),
    [Symbol.asyncDispose]: async () => {},
  };
}

type ArchiveBytes = Exclude<LayerBytes, { kind: 'folder' }>;

class ArchivePass implements LayerPass {
  readonly entries: AsyncIterable<TarEntry>;
  readonly #layer: SourceLayer;
  readonly #limits: Limits;
  readonly #onBytes: (done: number) => void;
  readonly #storedHash: Hash | null;
  readonly #diffHash = startDigest();
  readonly #stored: AsyncGenerator<Uint8Array, void>;
  readonly #diff: AsyncGenerator<Uint8Array, void>;
  #size = 0;
  #inflated = 0;

  constructor(layer: SourceLayer, bytes: ArchiveBytes, limits: Limits, onBytes: (done: number) => void) {
    this.#layer = layer;
    this.#limits = limits;
    this.#onBytes = onBytes;
    this.#storedHash = layer.digest === null ? null : startDigest();
    this.#stored = this.#readStored(bytes);
    this.#diff = this.#readDiff();
    this.entries = tarEntries(withoutReturn(this.#diff), limits);
  }

  async finish(): Promise<PassMeasure> {
    for await (const _ of this.#diff);
    const diffId = finishDigest(this.#diffHash);
    if (this.#storedHash !== null) this.#check('stored', this.#layer.digest!, finishDigest(this.#storedHash));
    if (this.#layer.diffId !== null) this.#check('inflated', this.#layer.diffId, diffId);
    return { diffId, size: this.#size, inflated: this.#inflated };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#diff.return();
    await this.#stored.return();
  }

  async *#readStored(bytes: ArchiveBytes): AsyncGenerator<Uint8Array, void> {
    for await (const piece of openLayerBytes(bytes)) {
      this.#size += piece.byteLength;
      if (this.#size > this.#limits.layerBytes) this.#refuse('layerBytes', 'stored bytes');
      this.#storedHash?.update(piece);
      yield piece;
      this.#onBytes(this.#size);
    }
  }

  async *#readDiff(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of inflate(withoutReturn(this.#stored))) {
      this.#inflated += piece.byteLength;
      if (this.#inflated > this.#limits.layerInflatedBytes) this.#refuse('layerInflatedBytes', 'inflated bytes');
      if (this.#inflated > ratioFrom && this.#inflated > this.#size * this.#limits.layerRatio) {
        this.#refuse('layerRatio', 'times its stored bytes when inflated');
      }
      this.#diffHash.update(piece);
      yield piece;
    }
    for await (const _ of this.#stored);
  }

  #refuse(limit: 'layerBytes' | 'layerInflatedBytes' | 'layerRatio', what: string): never {
    const most = this.#limits[limit];
    throw new Fault(
      'image/too-large',
      `the layer ${layerName(this.#layer)} has more than ${most} ${what} (limit ${limit}); raise the limit to analyze it`,
      { detail: { limit, most, layer: layerName(this.#layer) } },
    );
  }

  #check(what: string, named: Digest, found: Digest): void {
    if (named === found) return;
    throw new Fault(
      'image/digest-mismatch',
      `the ${what} bytes of the layer ${named} have the digest ${found}: they are damaged or were exchanged; get the image again`,
      { detail: { expected: named, found } },
    );
  }
}

/** The rest of an iterator, which stays open when its consumer stops: what follows must still be hashed. */
function withoutReturn(rest: AsyncGenerator<Uint8Array, void>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => rest.next() }) };
}
