import type { AnalyzerTasks } from './analyzer-tasks.ts';
import type { Database } from './database.ts';
import type { Messaging } from './messaging.ts';
import type { Settings } from './settings.ts';
import type { Storage } from './storage.ts';

/** What the pipeline works with. */
export interface Estate {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly database: Database;
  readonly messaging: Messaging;
  readonly analyzers: AnalyzerTasks;
}
