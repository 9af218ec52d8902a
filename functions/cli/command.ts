import type { ParseArgsConfig } from 'node:util';
import type { Group } from './client/leaf.ts';

/** The world of a command: streams, environment and the wish to stop. */
export interface Io {
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** Read only where something is asked; nothing can be asked where it is left out. */
  readonly in?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of the options, as `parseArgs` of node:util gives them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

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
