import type { Fault } from '#core/fault.ts';
import type { Clock } from '#platform/clock.ts';
import type { Progress } from '../progress.ts';
import type { ApiClient } from './api-client.ts';
import type { Given } from './given.ts';
import type { Hub } from './hub.ts';
import type { Questions } from './questions.ts';
import type { Shown } from './shown.ts';

/** A word that a command takes. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly optional?: true;
  /** Takes all words that are left; stands last. */
  readonly many?: true;
  /** Only these; shells offer them. */
  readonly choices?: readonly string[];
  /** Shells offer them, and others are taken too. */
  readonly examples?: readonly string[];
}

/** An option of a command, or of all. */
export interface OptionLine {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  /** May be given again and again. */
  readonly many?: true;
  readonly choices?: readonly string[];
  /** Left out of help and of what shells offer: for command lines of the original's client alone. */
  readonly hidden?: true;
}

/** What a command is handed. */
export interface Call {
  readonly api: ApiClient;
  readonly hub: Hub;
  readonly given: Given;
  readonly questions: Questions;
  readonly clock: Clock;
  readonly progress: Progress;
}

/**
 * A command of a server: words behind the group's, what it takes, what it asks the server for, and what it shows. Help,
 * completion of shells and docs/cli.md are made of these lines.
 */
export interface Leaf {
  readonly words: string;
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly OptionLine[];
  /** Paragraphs below the summary of `--help`. */
  readonly help?: string;
  run(call: Call): Promise<Shown>;
  /** The exit code of a failure where it is not that of all commands (client/refusal.ts): null leaves it so. */
  exit?(fault: Fault): number | null;
}

/** Commands under one word. */
export interface Group {
  readonly name: string;
  readonly leaves: readonly Leaf[];
}
