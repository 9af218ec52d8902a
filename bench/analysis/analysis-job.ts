import type { FileLayer } from '../made-layers.ts';

/** What a process of its own is to do, as the JSON file that it is given. */
export interface AnalysisJob {
  /** `read` is the floor in Node: to read, inflate and hash, and nothing more. */
  readonly what: 'read' | 'analyze';
  readonly layers: readonly FileLayer[];
  /** 0 for none: all in one thread, but for what Node inflates. */
  readonly threads: number;
  /** The folder of the reports; what lies there is known. */
  readonly data: string;
  readonly temporary: string;
}

/** What it tells. */
export interface AnalysisDone {
  /** Of the work alone, after everything was loaded. */
  readonly seconds: number;
  readonly cpu: number;
  /** Peak memory of the process in MiB. */
  readonly peak: number;
  readonly packages: number;
  readonly files: number;
}
