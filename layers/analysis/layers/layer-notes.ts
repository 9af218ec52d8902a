import type { LayerRecord } from '#schema/layer-report.ts';

export type NoteRecord = Extract<LayerRecord, { kind: 'note' }>;

/** Who notes what no analyzer has to do with. */
export const layerItself = 'layer';

/**
 * The notes of one layer, each analyzer's up to a limit of its own: what is listed for one does not depend on who else
 * reads the layer.
 */
export class LayerNotes {
  readonly #diffId: string | null;
  readonly #most: number;
  readonly #counts: Map<string, number>;

  constructor(diffId: string | null, analyzers: readonly string[], most: number) {
    this.#diffId = diffId;
    this.#most = most;
    this.#counts = new Map([layerItself, ...analyzers].map((name) => [name, 0]));
  }

  /** The record of a problem; none once there are too many, which are counted. `path` is relative to the root. */
  *add(analyzer: string, path: string | null, problem: string): Generator<NoteRecord> {
    const count = (this.#counts.get(analyzer) ?? 0) + 1;
    this.#counts.set(analyzer, count);
    if (count <= this.#most) yield this.#record(analyzer, path === null ? null : `/${path}`, problem);
  }

  /** What is to be told at the end of the layer, analyzers in their order: how many were left out. */
  *closing(): Generator<NoteRecord> {
    for (const [analyzer, count] of this.#counts) {
      const more = count - this.#most;
      if (more > 0) yield this.#record(analyzer, null, `${more} more problems are not listed (limit notes)`);
    }
  }

  #record(analyzer: string, path: string | null, problem: string): NoteRecord {
    return { kind: 'note', analyzer, layer: this.#diffId, path, problem };
  }
}
