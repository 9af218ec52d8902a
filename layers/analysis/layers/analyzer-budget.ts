import type { Limits } from '#core/limits.ts';

/**
 * What one analyzer may use in one layer: `analyzerSeconds` and `factBytes`. Each has its own, so that what it reads of a
 * layer does not depend on who else reads it.
 */
export class AnalyzerBudget {
  readonly #limits: Limits;
  readonly #elapsed: () => number;
  #milliseconds = 0;
  #bytes = 0;
  #unread = 0;

  /** `elapsed` gives milliseconds since any fixed moment. */
  constructor(limits: Limits, elapsed: () => number) {
    this.#limits = limits;
    this.#elapsed = elapsed;
  }

  /** Begins a file; null when nothing is left for it, which is counted. */
  start(): FileBudget | null {
    if (this.#spent()) {
      this.#unread += 1;
      return null;
    }
    const begun = this.#elapsed();
    const before = this.#milliseconds;
    const stop = () => {
      this.#milliseconds = before + this.#elapsed() - begun;
    };
    return {
      stop,
      take: (bytes) => {
        stop();
        this.#bytes += bytes;
        return this.#spent();
      },
    };
  }

  /** What is to be told when the layer is at its end; null when every file was begun. */
  closing(): string | null {
    const { analyzerSeconds, factBytes } = this.#limits;
    if (this.#unread === 0) return null;
    const limit =
      this.#bytes > factBytes
        ? `${factBytes} bytes of facts (limit factBytes)`
        : `${analyzerSeconds} s (limit analyzerSeconds)`;
    return `stopped after ${limit}: ${this.#unread} ${this.#unread === 1 ? 'file' : 'files'} not read`;
  }

  #spent(): string | null {
    const { analyzerSeconds, factBytes } = this.#limits;
    if (this.#bytes > factBytes) return `not read to its end: facts pass the limit factBytes of ${factBytes}`;
    if (this.#milliseconds > analyzerSeconds * 1000) {
      return `not read to its end: the analyzer has taken more than ${analyzerSeconds} s in this layer (limit analyzerSeconds)`;
    }
    return null;
  }
}

/** What an analyzer uses for one file. */
export interface FileBudget {
  /** Counts a fact; the problem once it passes a limit, null before. */
  take(bytes: number): string | null;
  /** The file is done with. */
  stop(): void;
}
