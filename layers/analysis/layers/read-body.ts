import { type Hash, hash } from 'node:crypto';
import { startDigest } from '#core/digest.ts';
import type { Limits } from '#core/limits.ts';
import type { TarEntry } from '#registry/tar/tar-stream.ts';
import type { RandomAccess } from '../analyzer.ts';
import { fileAccess, memoryAccess, piecesAccess } from './random-access.ts';
import { TemporaryFile } from './temporary-file.ts';

/** A regular file that was read to its end; `content` is there when it was asked to be kept, until disposed. */
export interface ReadBody extends Disposable {
  /** Bytes read: of a file in a folder, not always what its entry said. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  readonly content: RandomAccess | null;
}

const emptySha256 = hash('sha256', '', 'hex');

const nothingToClose = (): void => {};

/**
 * Reads a file's bytes once, hashing them; without a promise when they are at hand. With `keep` they are offered for random
 * access: from memory up to `fileMemoryBytes`, from an unnamed temporary file beyond; past `fileBytes` they are not kept
 * whatever was asked.
 */
export function readBody(
  entry: TarEntry,
  limits: Limits,
  temporaryPath: string,
  keep: boolean,
): ReadBody | Promise<ReadBody> {
  const atOnce = entry.size === 0 ? new Uint8Array(0) : entry.body.atOnce?.();
  return atOnce ? inMemory(atOnce, keep) : readPieces(entry, limits, temporaryPath, keep);
}

async function readPieces(entry: TarEntry, limits: Limits, temporaryPath: string, keep: boolean): Promise<ReadBody> {
  using spool = new Spool(limits, temporaryPath, keep);
  let digest: Hash | null = null;
  let first: Uint8Array | null = null;
  for await (const piece of entry.body) {
    if (first === null) {
      first = piece;
      continue;
    }
    if (digest === null) {
      digest = startDigest().update(first);
      spool.add(first);
    }
    digest.update(piece);
    spool.add(piece);
  }
  if (digest === null) return inMemory(first ?? new Uint8Array(0), keep);
  return { size: spool.size, sha256: digest.digest('hex'), ...spool.take() };
}

/** Most files are one piece: one call hashes them, and nothing is copied. */
function inMemory(bytes: Uint8Array, keep: boolean): ReadBody {
  return {
    size: bytes.byteLength,
    sha256: bytes.byteLength === 0 ? emptySha256 : hash('sha256', bytes, 'hex'),
    content: keep ? memoryAccess(bytes) : null,
    [Symbol.dispose]: nothingToClose,
  };
}

/** Where the pieces of a larger file go: nowhere, to memory, or on to a file once memory is not meant for it. */
class Spool implements Disposable {
  size = 0;
  readonly #limits: Limits;
  readonly #path: string;
  #keep: boolean;
  #pieces: Uint8Array[] = [];
  #file: TemporaryFile | null = null;

  constructor(limits: Limits, path: string, keep: boolean) {
    this.#limits = limits;
    this.#path = path;
    this.#keep = keep;
  }

  add(piece: Uint8Array): void {
    this.size += piece.byteLength;
    if (!this.#keep) return;
    if (this.size > this.#limits.fileBytes) this.#drop();
    else if (this.#file !== null) this.#file.append(piece);
    else {
      this.#pieces.push(piece);
      if (this.size > this.#limits.fileMemoryBytes) this.#toFile();
    }
  }

  /** Hands over the content with the duty to dispose of it. */
  take(): Pick<ReadBody, 'content' | typeof Symbol.dispose> {
    const file = this.#file;
    this.#file = null;
    if (!this.#keep) return { content: null, [Symbol.dispose]: nothingToClose };
    if (file === null) return { content: piecesAccess(this.#pieces), [Symbol.dispose]: nothingToClose };
    return { content: fileAccess(file.descriptor, file.size), [Symbol.dispose]: () => file[Symbol.dispose]() };
  }

  #toFile(): void {
    this.#file = new TemporaryFile(this.#path);
    for (const piece of this.#pieces) this.#file.append(piece);
    this.#pieces = [];
  }

  #drop(): void {
    this.#keep = false;
    this.#pieces = [];
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = null;
  }
}
