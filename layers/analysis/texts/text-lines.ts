import type { RandomAccess } from '../analyzer.ts';

const chunkBytes = 64 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a text, without their line ends (LF or CRLF) and without a byte order mark. Bytes that are not UTF-8 become
 * U+FFFD; a line longer than `maxBytes` is cut there, so that memory stays bounded whatever the file holds.
 */
export function* textLines(content: RandomAccess, maxBytes = chunkBytes): Generator<string> {
  const line = new BegunLine(maxBytes);
  let first = true;
  for (let offset = 0; offset < content.size; ) {
    const chunk = bufferOf(content.read(offset, chunkBytes));
    if (chunk.length === 0) break;
    offset += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const text = line.end(chunk, start, end);
      yield first ? withoutMark(text) : text;
      first = false;
      start = end + 1;
    }
    line.keep(chunk, start, chunk.length);
  }
  if (!line.isEmpty) {
    const text = line.end(Buffer.alloc(0), 0, 0);
    yield first ? withoutMark(text) : text;
  }
}

/** What is at hand of a line, up to its bound; nearly all lines begin and end in one chunk and are never held here. */
class BegunLine {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  keep(chunk: Buffer, start: number, end: number): void {
    const room = Math.min(end - start, this.#maxBytes - this.#bytes);
    if (room === 0) return;
    this.#bytes += room;
    this.#pieces.push(chunk.subarray(start, start + room));
  }

  /** The text of the line that ends here, which is then forgotten. */
  end(chunk: Buffer, start: number, end: number): string {
    if (this.#bytes === 0) return lineText(chunk, start, Math.min(end, start + this.#maxBytes));
    this.keep(chunk, start, end);
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return lineText(whole, 0, whole.length);
  }
}

function lineText(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end);
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
