import type { Fault } from '#core/fault.ts';
import type { Clock } from '#platform/clock.ts';
import type { Progress } from '../progress.ts';
import type { ApiClient } from './api-client.ts';
import type { Given } from './given.ts';
import type { Hub } from './hub.ts';
import type { Questions } from './questions.ts';
import type { Shown } from './shown.ts';
import type { Takes } from './takes.ts';

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
export interface Leaf extends Takes {
  readonly words: string;
  readonly summary: string;
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
