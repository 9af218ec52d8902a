import type { FileType } from '#schema/layer-report.ts';

/** An entry of a tar to be built. A path that ends in a slash is a folder; with `link` alone it is a symbolic link. */
export interface BuildEntry {
  readonly path: string;
  readonly type?: FileType;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly link?: string;
}

/** A tar of entries, with its end mark; long or non-ASCII names get pax headers, as Go and Python write them. */
export function tar(entries: readonly BuildEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
}

/** One entry: extended header if needed, header, content, padding. */
export function tarEntry(entry: BuildEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const type = entry.type ?? (entry.path.endsWith('/') ? 'dir' : entry.link !== undefined ? 'symlink' : 'file');
  const records: Record<string, string> = {};
  if (!fits(entry.path)) records['path'] = entry.path;
  if (entry.link !== undefined && !fits(entry.link)) records['linkpath'] = entry.link;
  const head = tarHeader({
    name: entry.path,
    flag: flags[type],
    mode: entry.mode ?? (type === 'dir' ? 0o755 : type === 'symlink' ? 0o777 : 0o644),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    size: type === 'file' ? content.length : 0,
    link: entry.link ?? '',
  });
  const extended = Object.keys(records).length === 0 ? Buffer.alloc(0) : paxHeader(records);
  return Buffer.concat([extended, head, type === 'file' ? padded(content) : Buffer.alloc(0)]);
}

const flags: Record<FileType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
};

function fits(name: string): boolean {
  return name.length <= 100 && /^[\x20-\x7e]*$/.test(name);
}

/** The fields of a raw header; bytes go in as they are, numbers as octal. */
export interface RawHeader {
  readonly name: string | Uint8Array;
  readonly flag?: string;
  readonly mode?: number;
  readonly uid?: number | Uint8Array;
  readonly gid?: number | Uint8Array;
  readonly size?: number | Uint8Array;
  readonly link?: string | Uint8Array;
  /** Eight bytes: `ustar\0` + `00` (when left out), `ustar  \0` of GNU, or empty for v7. */
  readonly magic?: string;
  readonly prefix?: string;
  /** Bytes to be laid over the block at an offset, before the checksum is taken. */
  readonly patches?: Readonly<Record<number, Uint8Array | string>>;
  readonly checksum?: 'unsigned' | 'signed' | 'wrong';
}

/** One 512-byte header, for tars that no tool would write. */
export function tarHeader(header: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  const put = (at: number, value: string | Uint8Array) => Buffer.from(value).copy(block, at);
  const number = (at: number, length: number, value: number | Uint8Array) =>
    put(at, typeof value === 'number' ? `${value.toString(8).padStart(length - 1, '0')}\0` : value);
  put(0, Buffer.from(header.name).subarray(0, 100));
  number(100, 8, header.mode ?? 0o644);
  number(108, 8, header.uid ?? 0);
  number(116, 8, header.gid ?? 0);
  number(124, 12, header.size ?? 0);
  number(136, 12, 0);
  put(156, header.flag ?? '0');
  put(157, Buffer.from(header.link ?? '').subarray(0, 100));
  put(257, header.magic ?? 'ustar\x0000');
  put(345, header.prefix ?? '');
  for (const [at, bytes] of Object.entries(header.patches ?? {})) put(Number(at), bytes);
  put(148, '        ');
  let sum = 0;
  for (const byte of block) sum += header.checksum === 'signed' && byte > 127 ? byte - 256 : byte;
  if (header.checksum === 'wrong') sum += 1;
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A pax extended header (`x`), or a global one (`g`), with its content. */
export function paxHeader(
  records: Readonly<Record<string, string | Uint8Array>> | readonly (readonly [string, string | Uint8Array])[],
  flag: 'x' | 'g' = 'x',
): Buffer {
  const pairs = (Array.isArray(records) ? records : Object.entries(records)) as readonly [
    string,
    string | Uint8Array,
  ][];
  const content = Buffer.concat(pairs.map(([key, value]) => paxRecord(key, value)));
  return Buffer.concat([tarHeader({ name: 'PaxHeaders/0', flag, size: content.length }), padded(content)]);
}

function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A GNU long name (`L`) or long link (`K`) with its content. */
export function gnuLong(flag: 'L' | 'K', name: string): Buffer {
  const content = Buffer.from(`${name}\0`);
  return Buffer.concat([
    tarHeader({ name: '././@LongLink', flag, size: content.length, magic: 'ustar  \0' }),
    padded(content),
  ]);
}

/** Content filled up to whole blocks. */
export function padded(content: Uint8Array): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
