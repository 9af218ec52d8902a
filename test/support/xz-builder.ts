import { crc32 } from 'node:zlib';

/** An .xz text whose blocks are stored, not compressed (https://tukaani.org/xz/xz-file-format.txt), with CRC-32. */
export function xz(content: Uint8Array): Buffer {
  const header = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), checked(Buffer.of(0x00, 0x01))]);
  const blockHeader = checked(Buffer.from('0200210116000000', 'hex'));
  const stored = Buffer.concat([...chunksOf(content), Buffer.of(0x00)]);
  const block = Buffer.concat([blockHeader, padded(stored), word(crc32(content))]);
  const unpadded = blockHeader.length + stored.length + 4;
  const index = checked(padded(Buffer.concat([Buffer.of(0x00, 0x01), varint(unpadded), varint(content.length)])));
  const footer = Buffer.concat([word(index.length / 4 - 1), Buffer.of(0x00, 0x01)]);
  return Buffer.concat([header, block, index, word(crc32(footer)), footer, Buffer.from('YZ')]);
}

/** LZMA2: the first chunk resets the dictionary. */
function* chunksOf(content: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65536) {
    const piece = content.subarray(at, at + 65536);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(piece.length - 1);
    yield Buffer.concat([Buffer.of(at === 0 ? 0x01 : 0x02), size, piece]);
  }
}

function checked(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, word(crc32(bytes))]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
