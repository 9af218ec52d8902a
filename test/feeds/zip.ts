import { crc32, deflateRawSync } from 'node:zlib';

export interface ZippedFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** Stored instead of deflated. */
  readonly stored?: boolean;
  /** Lies for tests: what the headers say instead of the truth. */
  readonly says?: { readonly size?: number; readonly crc?: number; readonly method?: number; readonly flags?: number };
}

/** The bytes of a zip (APPNOTE 4.3) with these files. */
export function zip(files: readonly ZippedFile[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const packed = file.stored === true ? content : deflateRawSync(content);
    const name = Buffer.from(file.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(file.says?.flags ?? 0x800, 2);
    fields.writeUInt16LE(file.says?.method ?? (file.stored === true ? 0 : 8), 4);
    fields.writeUInt32LE(file.says?.crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(file.says?.size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, rest, name]));
    local.push(entry);
    offset += entry.length;
  }
  const head = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(head.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, head, end]);
}
