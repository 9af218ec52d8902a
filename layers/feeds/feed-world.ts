import { rm } from 'node:fs/promises';
import type { Platform } from '#platform/platform.ts';
import type { FeedWorld } from './feed.ts';

/** What a feed may use of the world while it fetches; its temporary files are removed in the end. */
export function openFeedWorld({
  fetch,
  clock,
  log,
  temporaryFile,
}: Pick<Platform, 'fetch' | 'clock' | 'log'> & Pick<FeedWorld, 'temporaryFile'>): FeedWorld & AsyncDisposable {
  const files: string[] = [];
  return {
    fetch,
    clock,
    log,
    temporaryFile(name) {
      const file = temporaryFile(name);
      files.push(file);
      return file;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(files.map((file) => rm(file, { force: true })));
    },
  };
}
