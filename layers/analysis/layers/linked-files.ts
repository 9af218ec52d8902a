import type { Analyzer } from '../analyzer.ts';
import type { FactReader } from './fact-reader.ts';
import { PathTable, type RememberedFile } from './path-table.ts';

/** Hard links that are looked after in one layer; images of a git tree have 150, of an OSTree some 100,000. */
const mostLinks = 500_000;

/** Links to one file that an analyzer may want: each is read on its own, so the work of one file is bounded. */
const mostWanted = 256;

/** A hard link that analyzers want, who have not read the file behind it. */
export interface WantedLink {
  readonly path: string;
  readonly analyzers: readonly Analyzer[];
}

/** Why a link is not looked after, for all analyzers or for those named. */
export interface LinkProblem {
  readonly analyzers: readonly Analyzer[] | 'all';
  readonly problem: string;
}

interface WantedLinks {
  readonly links: WantedLink[];
  readonly counts: Map<Analyzer, number>;
}

/**
 * Which files of a layer must be read once more because a hard link to them is wanted: an analyzer that wants the
 * link's path but did not want the file's has seen nothing of it. (One that wanted both has: what it read from the file
 * holds for the link, and is given to it when layers are composed.)
 */
export class LinkedFiles {
  readonly #facts: Pick<FactReader, 'wantedBy'>;
  readonly #files = new PathTable();
  /** Links to the file they finally stand for. */
  readonly #targets = new Map<string, string>();
  readonly #wanted = new Map<string, WantedLinks>();

  constructor(facts: Pick<FactReader, 'wantedBy'>) {
    this.#facts = facts;
  }

  /** Number of files to be read again. */
  get count(): number {
    return this.#wanted.size;
  }

  /** Notes a regular file that went by. */
  remember(path: string, file: RememberedFile): void {
    this.#files.set(path, file);
  }

  /** Notes a hard link; the problem when it cannot be looked after. A target in a layer below is the composition's affair. */
  add(path: string, link: string): LinkProblem | null {
    const target = this.#targets.get(link) ?? link;
    const file = this.#files.get(target);
    if (file === null) return null;
    if (this.#targets.size >= mostLinks) {
      return { analyzers: 'all', problem: `not followed: the layer has more than ${mostLinks} hard links` };
    }
    this.#targets.set(path, target);
    const had = new Set(this.#facts.wantedBy(target, file.size, file.mode));
    const unread = this.#facts.wantedBy(path, file.size, file.mode).filter((analyzer) => !had.has(analyzer));
    if (unread.length === 0) return null;
    const { links, counts }: WantedLinks = this.#wanted.get(target) ?? { links: [], counts: new Map() };
    const analyzers = unread.filter((analyzer) => (counts.get(analyzer) ?? 0) < mostWanted);
    for (const analyzer of analyzers) counts.set(analyzer, (counts.get(analyzer) ?? 0) + 1);
    if (analyzers.length > 0) links.push({ path, analyzers });
    this.#wanted.set(target, { links, counts });
    if (analyzers.length === unread.length) return null;
    return {
      analyzers: unread.filter((analyzer) => !analyzers.includes(analyzer)),
      problem: `not read: '${target}' has more than ${mostWanted} links that are wanted`,
    };
  }

  /** The links to a file that are still to be read, and for whom. */
  to(path: string): readonly WantedLink[] {
    return this.#wanted.get(path)?.links ?? [];
  }
}
