import { Fault } from '#core/fault.ts';
import type { RandomAccess, WantedFile } from '../analyzer.ts';
import { ArchiveBudget } from '../archives/archive-budget.ts';
import { openEntry, openZip, zipEntries } from '../archives/zip.ts';

/** Whether this is an archive out of which Yarn 2 and later run a package (Plug'n'Play): in the project, or in the user's home. */
export function isYarnCache(path: string): boolean {
  return path.endsWith('.zip') && /(^|\/)(\.yarn\/cache|berry\/cache)\/[^/]+$/.test(path);
}

/**
 * The files of such an archive that are wanted by their place in it, each as a file. What `use` throws for one of them does
 * not keep the others from being read: all problems are thrown together at the end.
 */
export function* readYarnCache<T>(
  { content, limits }: Pick<WantedFile, 'content' | 'limits'>,
  wants: (place: string) => boolean,
  use: (place: string, content: RandomAccess) => Iterable<T>,
): Iterable<T> {
  const zip = openZip(content);
  if (zip === null) throw new Fault('image/corrupt', 'is no zip archive, as the packages are that Yarn runs');
  const budget = new ArchiveBudget(limits);
  try {
    for (const entry of zipEntries(zip)) {
      budget.countEntry();
      if (!wants(entry.name)) continue;
      try {
        budget.countBytes(entry.size);
        yield* use(entry.name, openEntry(zip, entry, limits.jsonBytes));
      } catch (thrown) {
        budget.report(entry.name, thrown);
      }
      if (budget.spent) break;
    }
  } catch (thrown) {
    budget.report('', thrown);
  }
  budget.finish();
}
