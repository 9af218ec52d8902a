import type { RandomAccess } from '../analyzer.ts';

const chunkBytes = 64 * 1024;

/**
 * The lines of a text, without their line ends (LF or CRLF) and without a byte order mark. Bytes that are not UTF-8 become
 * U+FFFD; a line longer than `maxBytes` is cut there, so that memory stays bounded whatever the file holds.
 */
export function* textLines(content: RandomAccess, maxBytes = chunkBytes): Generator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let first = true;
  const finish = (end: Uint8Array) => {
    keep(end);
    const whole = rest.length === 1 ? rest[0]! : Buffer.concat(rest);
    rest = [];
    restBytes = 0;
    const line = whole.toString('utf8', 0, whole.at(-1) === 0x0d ? whole.length - 1 : whole.length);
    if (!first) return line;
    first = false;
    return line.startsWith('\ufeff') ? line.slice(1) : line;
  };
  const keep = (bytes: Uint8Array) => {
    const room = Math.min(bytes.length, maxBytes - restBytes);
    restBytes += room;
    rest.push(Buffer.from(bytes.buffer, bytes.byteOffset, room));
  };
  for (let offset = 0; offset < content.size; ) {
    const chunk = content.read(offset, chunkBytes);
    if (chunk.length === 0) break;
    offset += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      yield finish(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length && restBytes < maxBytes) keep(chunk.subarray(start));
  }
  if (restBytes > 0) yield finish(new Uint8Array());
}
