import { randomUUID } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';

/**
 * A file without a name: it is unlinked as soon as it is open, so that nothing is left behind however the process ends,
 * and nobody else can open it.
 */
export class TemporaryFile {
  readonly descriptor: number;
  size = 0;

  /** Opens it beside `path`, in a folder that exists and can be written to; throws the error of the file system otherwise. */
  constructor(beside: string) {
    const path = `${beside}.${randomUUID()}`;
    this.descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
  }

  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.byteLength) {
      done += writeSync(this.descriptor, bytes, done, bytes.byteLength - done, this.size + done);
    }
    this.size += bytes.byteLength;
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}
