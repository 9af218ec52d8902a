import type { Limits } from '#core/limits.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, WantedFile } from '../analyzer.ts';
import { problemText } from '../texts/problem-text.ts';
import { AnalyzerBudget } from './analyzer-budget.ts';

/** What one analyzer read from one file. Facts that came before a problem are kept. */
export interface ReadFacts {
  readonly facts: readonly Fact[];
  readonly problem: string | null;
}

/** A read that ended its thread: it is left out when the layer is read again, and the problem told instead. */
export interface LostRead {
  /** Its number among all reads of the layer, from 1. */
  readonly read: number;
  readonly problem: string;
}

export interface FactReaderOptions {
  /** Milliseconds since any fixed moment. */
  readonly elapsed: () => number;
  readonly lost?: readonly LostRead[];
  /** Hears the number of the read that begins, and 0 when it is over. */
  readonly onRead?: (read: number) => void;
}

/** Facts of one file for one analyzer, which are in memory together, small ones at many times their length. */
const mostFacts = 50_000;

/** Runs the analyzers over the files of one layer: what they throw is a problem of that file, never the end of the layer. */
export class FactReader {
  readonly #analyzers: readonly Analyzer[];
  readonly #lost: ReadonlyMap<number, string>;
  readonly #onRead: (read: number) => void;
  readonly #budgets: ReadonlyMap<Analyzer, AnalyzerBudget>;
  #reads = 0;

  constructor(analyzers: readonly Analyzer[], limits: Limits, options: FactReaderOptions) {
    const { elapsed, lost = [], onRead = () => {} } = options;
    this.#analyzers = analyzers;
    this.#lost = new Map(lost.map(({ read, problem }) => [read, problem]));
    this.#onRead = onRead;
    this.#budgets = new Map(analyzers.map((analyzer) => [analyzer, new AnalyzerBudget(limits, elapsed)]));
  }

  /** The analyzers that want this file, in their order. */
  wantedBy(path: string, size: number, mode: number): readonly Analyzer[] {
    return this.#analyzers.filter((analyzer) => analyzer.wants(path, size, mode));
  }

  /** Facts and time are held against what the analyzer may use in the layer; past it, files are only counted. */
  read(analyzer: Analyzer, file: WantedFile): ReadFacts {
    // Counted whether it is read or not: the same read has the same number when the layer is read again.
    this.#reads += 1;
    const lost = this.#lost.get(this.#reads);
    if (lost !== undefined) return { facts: [], problem: lost };
    const budget = this.#budgets.get(analyzer)!.start();
    if (budget === null) return { facts: [], problem: null };
    const facts: Fact[] = [];
    this.#onRead(this.#reads);
    try {
      for (const fact of analyzer.read(file)) {
        const problem = budget.take(JSON.stringify(fact).length);
        if (problem !== null) return { facts, problem };
        if (facts.length === mostFacts)
          return { facts, problem: `not read to its end: it tells of more than ${mostFacts} things` };
        facts.push(fact);
      }
      return { facts, problem: null };
    } catch (thrown) {
      return { facts, problem: problemText(thrown) };
    } finally {
      budget.stop();
      this.#onRead(0);
    }
  }

  /** What is to be told of each analyzer once all files went by. */
  *closing(): Generator<{ readonly analyzer: string; readonly problem: string }> {
    for (const [{ name }, budget] of this.#budgets) {
      const problem = budget.closing();
      if (problem !== null) yield { analyzer: name, problem };
    }
  }
}
