/**
 * Something that could not be read, judged or reached, kept as data: a scan with notes is a scan that says what it does not know.
 * `analyzer` is who noticed: an analyzer's name, `layer`, `compose`, `match` or `feed GROUP`.
 */
export interface Note {
  readonly analyzer: string;
  /** diff_id of the layer, null when no layer is meant. */
  readonly layer: string | null;
  /** Absolute path in the image, null when no file is meant. */
  readonly path: string | null;
  readonly problem: string;
}
