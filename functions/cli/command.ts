import type { Group } from './client/leaf.ts';
import type { Io } from './io.ts';
import type { Options, Values } from './parse-options.ts';

/** A verb of the CLI. `run` answers the exit code: 0 good, 1 stopped by policy; what it throws is exit 2 (core/fault.ts). */
export interface Command {
  readonly usage: string;
  /** Everything below the summary of `--help`. */
  readonly help: string;
  readonly options: Options;
  run(io: Io, values: Values, positionals: readonly string[]): Promise<number>;
}

/** A verb, or a word before verbs, in the list of them. Loading one does not load the modules of the others. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Asks a server; help shows these apart. */
  readonly group?: 'server';
  readonly load: () => Promise<Command | Group>;
}
