/** A file of the image, by its path below the root: `app/main.mjs`. */
export interface ImageFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * A tar (POSIX ustar) of regular files with the folders above them. The same files give the same bytes: sorted by path, owned by root,
 * of the year 1970, readable by all. Throws for a path over 100 bytes, or with characters that need an extended header.
 */
export function imageTar(files: readonly ImageFile[]): Buffer {
  const folders = new Set<string>();
  for (const { path } of files)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at + 1));
  const entries = [
    ...[...folders].map((path) => ({ path, content: new Uint8Array() })),
    ...files.map(({ path, content }) => ({ path, content })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = entries.flatMap(({ path, content }) => [
    header(path, content.length),
    content,
    padding(content.length),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * block)]);
}

const block = 512;

function header(path: string, size: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new Error(`'${path}' does not fit into a header of tar`);
  const isFolder = path.endsWith('/');
  const bytes = Buffer.alloc(block);
  const octal = (at: number, length: number, value: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.write(path, 0, 'latin1');
  octal(100, 8, isFolder ? 0o755 : 0o644);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, size);
  octal(136, 12, 0);
  bytes.write(isFolder ? '5' : '0', 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}
