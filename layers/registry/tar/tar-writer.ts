import { blockSize } from './tar-header.ts';

/** A file of a tar to be written: its name is ASCII and has at most 100 bytes. */
export interface TarFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A tar of plain files in ustar form (POSIX.1-1988), in pieces: of one moment, owned by nobody, the same files give the same bytes. */
export async function* tarOf(files: AsyncIterable<TarFile> | Iterable<TarFile>): AsyncGenerator<Uint8Array> {
  for await (const { path, content } of files) {
    yield header(path, content.length);
    yield content;
    const over = content.length % blockSize;
    if (over > 0) yield Buffer.alloc(blockSize - over);
  }
  yield Buffer.alloc(2 * blockSize);
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(path, 0, 100, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write('00000000000\0', 136, 'latin1');
  // The checksum is taken with blanks in its own place.
  block.write('        0', 148, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
