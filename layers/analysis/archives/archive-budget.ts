import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import { problemText } from '../texts/problem-text.ts';
import type { ZipEntry } from './zip.ts';

/**
 * What an archive with all archives in it may use, and what went wrong in it. Passing a limit for the whole ends it: `spent`
 * is true from then on.
 */
export class ArchiveBudget {
  readonly #limits: Limits;
  readonly #problems: string[] = [];
  #unlisted = 0;
  #entries = 0;
  #inflated = 0;
  #documents = 0;
  #held = 0;
  #spent = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get spent(): boolean {
    return this.#spent;
  }

  /** Bytes of inflated archives that may still be held in memory. */
  get room(): number {
    return heldBytes - this.#held;
  }

  /** Counts an entry of a directory. Throws `input/too-large` past `archiveEntries`. */
  countEntry(): void {
    if (++this.#entries > this.#limits.archiveEntries) throw this.#past('archiveEntries', 'has more entries');
  }

  /** Counts bytes that are about to be inflated or looked through. Throws `input/too-large` past `archiveInflatedBytes`. */
  countBytes(bytes: number): void {
    this.#inflated += bytes;
    if (this.#inflated > this.#limits.archiveInflatedBytes)
      throw this.#past('archiveInflatedBytes', 'inflates to more');
  }

  /** Counts a document that is about to be parsed whole. Throws `input/too-large` past `jsonBytes`; the rest goes on. */
  countDocument(bytes: number): void {
    const { jsonBytes } = this.#limits;
    if (this.#documents + bytes > jsonBytes)
      throw tooLarge('jsonBytes', jsonBytes, 'is not read with the documents before it');
    this.#documents += bytes;
  }

  /** Counts an archive at a depth (1 for one in the file itself). Throws `input/too-large` past `archiveDepth` and `archiveRatio`. */
  countArchive({ method, size, packedSize }: ZipEntry, depth: number): void {
    const { archiveDepth, archiveRatio } = this.#limits;
    if (depth > archiveDepth) throw tooLarge('archiveDepth', archiveDepth, 'lies deeper');
    if (method !== 0 && size > ratioFrom && size > packedSize * archiveRatio) {
      throw tooLarge('archiveRatio', archiveRatio, `inflates ${packedSize} bytes to ${size}`);
    }
    this.countBytes(method === 0 ? Math.min(size, openBytes) : size);
  }

  /** Holds this many bytes until what is returned is disposed of. */
  hold(bytes: number): Disposable {
    this.#held += bytes;
    return { [Symbol.dispose]: () => void (this.#held -= bytes) };
  }

  /** Keeps a problem; `place` is empty for the file itself. */
  report(place: string, thrown: unknown): void {
    if (this.#problems.length === listed) this.#unlisted++;
    else this.#problems.push(`${place === '' ? '' : `${place} `}${problemText(thrown)}`);
  }

  /** Throws `image/corrupt` with the problems that were reported, if there are any. */
  finish(): void {
    if (this.#problems.length === 0) return;
    const more = this.#unlisted > 0 ? `; and ${this.#unlisted} more problems` : '';
    throw new Fault('image/corrupt', this.#problems.join('; ') + more);
  }

  #past(limit: 'archiveEntries' | 'archiveInflatedBytes', what: string): Fault {
    this.#spent = true;
    return tooLarge(limit, this.#limits[limit], `${what}, with what is in it, and is not read further`);
  }
}

/** Inflated archives that are held in memory at once: one of this size, or several within one another. */
const heldBytes = 64 * 1024 * 1024;
/** Inflated bytes up to which the ratio is not asked: small files may repeat themselves. */
const ratioFrom = 1024 * 1024;
/** What a stored archive counts for, which is read where it is: the bytes that its end is looked for in. */
const openBytes = 64 * 1024;
/** Problems that are told one by one. */
const listed = 5;

function tooLarge(name: string, limit: number, what: string): Fault {
  return new Fault('input/too-large', `${what} (limit ${name} of ${limit})`);
}
