import { Fault } from '#core/fault.ts';
import { type ByteInput, cutOff } from './byte-input.ts';

/** The content of an entry of a tar, once. */
export interface EntryBody extends AsyncIterable<Uint8Array> {
  /** In the place of iterating: all of it in one piece when that is at hand, else null. Most files are, and need no promise. */
  atOnce?(): Uint8Array | null;
}

/** The next bytes of the input as the content of an entry, which knows how many of them were not read. */
export class StoredBody implements EntryBody {
  readonly #input: ByteInput;
  readonly #path: string;
  #left: number;
  #over = false;

  constructor(input: ByteInput, size: number, path: string) {
    this.#input = input;
    this.#path = path;
    this.#left = size;
  }

  atOnce(): Uint8Array | null {
    this.#refuseOver();
    const piece = this.#input.takeNow(this.#left);
    if (piece !== null) this.#left = 0;
    return piece;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.#left > 0) {
      this.#refuseOver();
      const piece = await this.#input.some(this.#left);
      if (piece.length === 0) throw cutOff(this.#input.position, `the content of '${this.#path}'`);
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** The next entry is asked for: from now on the content cannot be read. Gives the bytes that were not. */
  end(): number {
    this.#over = true;
    return this.#left;
  }

  #refuseOver(): void {
    if (!this.#over) return;
    throw new Fault('internal/failed', `the content of '${this.#path}' was read after the next entry was asked for`);
  }
}
