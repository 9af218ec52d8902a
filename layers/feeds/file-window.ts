import { readSync } from 'node:fs';

const windowBytes = 256 * 1024;

/** A file that is read here and there, mostly onwards: reads that lie beside each other are one of the system's. */
export class FileWindow {
  readonly #fd: number;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The bytes at a place, fewer where the file ends; they stay what they are. */
  read(position: number, length: number): Buffer {
    if (length > windowBytes) return readAt(this.#fd, position, length);
    const before = position - this.#start;
    if (before < 0 || before + length > this.#bytes.length) {
      this.#bytes = readAt(this.#fd, position, windowBytes);
      this.#start = position;
    }
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, buffer, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
