import { Fault } from '#core/fault.ts';
import type { RandomAccess, WantedFile } from '../analyzer.ts';
import { ArchiveBudget } from '../archives/archive-budget.ts';
import { openEntry, openZip, type Zip, type ZipEntry } from '../archives/zip.ts';
import { type ArchiveContent, archiveContent } from './archive-content.ts';

/** An archive, and where it lies in the file: `b.war:WEB-INF/lib/c.jar`; empty for the file itself. */
export interface ReadArchive extends ArchiveContent {
  /** Its path in the image or in the archive around it. */
  readonly path: string;
  readonly inside: string;
}

/** True for the endings of Java's archives, and of zips, which may hold some. */
export function isArchiveName(path: string): boolean {
  const dot = path.lastIndexOf('.');
  return dot > 0 && path.length - dot >= 4 && path.length - dot <= 5 && endings.has(endingOf(path));
}

/**
 * A file and all archives in it, each before those that it holds. Stored archives are read where they are, deflated ones are
 * inflated in memory, 64 MiB at once; of one that is too large, or lies too deep, only the name is given. What cannot be read hides nothing
 * else: when all is given, `image/corrupt` is thrown with the problems.
 */
export function* readArchives(file: WantedFile): Generator<ReadArchive> {
  const budget = new ArchiveBudget(file.limits);
  const zip = openZip(file.content);
  if (zip !== null) yield* readZip(zip, file.path, [], budget);
  else if (isBroken(file)) budget.report('', new Fault('image/corrupt', 'is no zip archive, or is cut off'));
  budget.finish();
}

/** Endings that nobody else uses. */
const ofJava: ReadonlySet<string> = new Set(['jar', 'war', 'ear', 'jpi', 'hpi']);
const endings: ReadonlySet<string> = new Set([...ofJava, 'par', 'sar', 'nar', 'rar', 'kar', 'lpkg', 'zip']);

const endingOf = (path: string) => path.slice(path.lastIndexOf('.') + 1).toLowerCase();

function isBroken({ path, size, content }: { path: string; size: number; content: RandomAccess }): boolean {
  if (size === 0) return false;
  return ofJava.has(endingOf(path)) || Buffer.from(content.read(0, 4)).toString('latin1') === 'PK\x03\x04';
}

function* readZip(zip: Zip, path: string, place: readonly string[], budget: ArchiveBudget): Generator<ReadArchive> {
  const inside = place.join(':');
  const { content, archives } = archiveContent(zip, isArchiveName, inside, budget);
  yield { path, inside, ...content };
  for (const entry of archives) {
    if (budget.spent) return;
    yield* readNested(zip, entry, [...place, entry.name], budget);
  }
}

function* readNested(
  zip: Zip,
  entry: ZipEntry,
  place: readonly string[],
  budget: ArchiveBudget,
): Generator<ReadArchive> {
  const inner = opened(zip, entry, place, budget);
  if (inner === 'too-large') yield { path: entry.name, inside: place.join(':'), manifest: null, projects: [] };
  if (inner === null || inner === 'too-large') return;
  using _ = budget.hold(entry.method === 0 ? 0 : inner.content.size);
  yield* readZip(inner, entry.name, place, budget);
}

function opened(zip: Zip, entry: ZipEntry, place: readonly string[], budget: ArchiveBudget): Zip | 'too-large' | null {
  try {
    budget.countArchive(entry, place.length);
    const content = openEntry(zip, entry, budget.room);
    const inner = openZip(content);
    if (inner === null && isBroken({ path: entry.name, size: content.size, content })) {
      throw new Fault('image/corrupt', 'is no zip archive, or is cut off');
    }
    return inner;
  } catch (thrown) {
    budget.report(place.join(':'), thrown);
    return thrown instanceof Fault && thrown.code === 'input/too-large' ? 'too-large' : null;
  }
}
