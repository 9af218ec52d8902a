/** Bytes to begin with, as a tool wrote them, under the path that they have in an image. */
export interface Seed {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
  /** What it stands among: seeds of one case see each other's facts. */
  readonly case: string;
}

/** A parser that is fed damaged input. */
export interface FuzzTarget {
  readonly name: string;
  /** In the same order in every run; empty when there is nothing to begin with. */
  seeds(): readonly Seed[];
  /** Feeds the parser bytes in the place of the seed's. A Fault is a good answer; anything else that is thrown is a finding. */
  run(seed: Seed, bytes: Uint8Array): void | Promise<void>;
}
