import type { Limits } from '#core/limits.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, WantedFile } from '../analyzer.ts';
import { problemText } from '../texts/problem-text.ts';

/** What one analyzer read from one file. Facts that came before a problem are kept. */
export interface ReadFacts {
  readonly facts: readonly Fact[];
  readonly problem: string | null;
}

/** Runs the analyzers over the files of one layer: what they throw is a problem of that file, never the end of the layer. */
export class FactReader {
  readonly #analyzers: readonly Analyzer[];
  readonly #limits: Limits;
  #bytes = 0;

  constructor(analyzers: readonly Analyzer[], limits: Limits) {
    this.#analyzers = analyzers;
    this.#limits = limits;
  }

  /** The analyzers that want this file, in their order. */
  wantedBy(path: string, size: number, mode: number): readonly Analyzer[] {
    return this.#analyzers.filter((analyzer) => analyzer.wants(path, size, mode));
  }

  /** Facts are held against `factBytes`, for a file and for all files of the layer so far. */
  read(analyzer: Analyzer, file: WantedFile): ReadFacts {
    const facts: Fact[] = [];
    try {
      for (const fact of analyzer.read(file)) {
        this.#bytes += JSON.stringify(fact).length;
        if (this.#bytes > this.#limits.factBytes) {
          return { facts, problem: `not read to its end: facts pass the limit factBytes of ${this.#limits.factBytes}` };
        }
        facts.push(fact);
      }
      return { facts, problem: null };
    } catch (thrown) {
      return { facts, problem: problemText(thrown) };
    }
  }
}
