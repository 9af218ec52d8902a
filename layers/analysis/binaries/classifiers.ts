import type { Classifier } from './classifier.ts';
import { databases } from './databases.ts';
import { goPrograms } from './go-programs.ts';
import { languageRuntimes } from './language-runtimes.ts';
import { servers } from './servers.ts';
import { tools } from './tools.ts';

/** Every program that is recognised without a package manager. */
export const classifiers: readonly Classifier[] = [
  ...languageRuntimes,
  ...databases,
  ...servers,
  ...tools,
  ...goPrograms,
];
