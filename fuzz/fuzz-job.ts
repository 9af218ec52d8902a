import type { FuzzFinding } from './fuzz-run.ts';

/** What a process of its own is to do, as the JSON file that it is given. */
export interface FuzzJob {
  readonly seed: number;
  /** Whether files of real images are seeds too. */
  readonly images: boolean;
  /** The file in which it writes, before each input, which one that is. */
  readonly place: string;
  /** What it is to feed; null to tell the names of all targets. */
  readonly turns: readonly FuzzTurn[] | null;
  /** An input to be made and written to a file, and nothing else to be done. */
  readonly save: { readonly target: string; readonly input: number; readonly file: string } | null;
}

/** Inputs of one target: from a number on, until a number or for so long. */
export interface FuzzTurn {
  readonly target: string;
  readonly from: number;
  readonly until: number;
  readonly seconds: number;
}

/** What it says, a line each. */
export type FuzzWord =
  | { readonly kind: 'targets'; readonly names: readonly string[] }
  | { readonly kind: 'turn'; readonly target: string; readonly next: number; readonly finding: FuzzFinding | null }
  /** `path` is the name under which the file is read. */
  | { readonly kind: 'saved'; readonly path: string };
