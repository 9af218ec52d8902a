import type { RandomAccess } from '../analyzer.ts';
import { damaged, damagedRow, maxHeaderBytes, type RpmRow, viewOf } from './row.ts';

/** Little-endian words of rpm/lib/backend/ndb/rpmpkg.c. */
const word = { header: 0x506d7052, slot: 0x746f6c53, blobStart: 0x53626c42, blobEnd: 0x45626c42 };
const pageBytes = 4096;
const slotBytes = 16;
const blockBytes = 16;
const blobHead = 16;
const blobTail = 12;

/** True for the first bytes of an ndb file. */
export function isNdb(start: Uint8Array): boolean {
  return start.length >= 4 && viewOf(start).getUint32(0, true) === word.header;
}

/**
 * The headers in a `Packages.db` of rpm's own ndb, which SUSE uses: 16-byte slots in the first pages point to blobs in
 * blocks of 16 bytes. Each blob is checked by its words, its length and its adler32 sum; blobs that lie over each other are
 * refused once the file has been read through twice.
 */
export function* ndbRows(content: RandomAccess): Generator<RpmRow> {
  const head = content.read(0, 32);
  if (head.length < 32 || !isNdb(head)) throw damaged('it does not begin as an ndb file');
  const view = viewOf(head);
  if (view.getUint32(4, true) !== 0) throw damaged(`its ndb version ${view.getUint32(4, true)} is not known`);
  const slotPages = view.getUint32(12, true);
  if (slotPages === 0 || slotPages * pageBytes > content.size)
    throw damaged(`it claims ${slotPages} pages of slots and has ${content.size} bytes`);
  let budget = content.size * 2;
  for (let number = 0; number < slotPages; number++) {
    const bytes = content.read(number * pageBytes, pageBytes);
    const slots = viewOf(bytes);
    for (let at = number === 0 ? 32 : 0; at + slotBytes <= bytes.length; at += slotBytes) {
      const index = slots.getUint32(at + 4, true);
      if (slots.getUint32(at, true) !== word.slot) {
        yield damagedRow(`slot ${(number * pageBytes + at - 32) / slotBytes}`, 'it does not begin as a slot');
        continue;
      }
      if (index === 0) continue;
      const blocks = slots.getUint32(at + 12, true);
      budget -= blocks * blockBytes;
      if (budget < 0) throw damaged('its packages lie over each other');
      yield blobRow(content, index, slots.getUint32(at + 8, true), blocks);
    }
  }
}

function blobRow(content: RandomAccess, index: number, block: number, blocks: number): RpmRow {
  const which = `package ${index}`;
  const length = blocks * blockBytes;
  if (length < blobHead + blobTail || length > maxHeaderBytes) return damagedRow(which, `it claims ${length} bytes`);
  const bytes = content.read(block * blockBytes, length);
  if (bytes.length < length) return damagedRow(which, 'it lies beyond the end of the file');
  const view = viewOf(bytes);
  const size = view.getUint32(12, true);
  if (view.getUint32(0, true) !== word.blobStart || view.getUint32(length - 4, true) !== word.blobEnd)
    return damagedRow(which, 'it does not begin and end as a package');
  if (view.getUint32(4, true) !== index || size !== view.getUint32(length - 8, true))
    return damagedRow(which, 'its number or its length do not agree');
  if (size > length - blobHead - blobTail) return damagedRow(which, `it claims ${size} bytes`);
  if (adler32(bytes.subarray(0, length - blobTail)) !== view.getUint32(length - blobTail, true))
    return damagedRow(which, 'its checksum is wrong');
  return { kind: 'header', number: index, bytes: bytes.subarray(blobHead, blobHead + size) };
}

/** RFC 1950; sums are reduced every 5,552 bytes, before they could pass 32 bits. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.length; ) {
    for (const end = Math.min(at + 5552, bytes.length); at < end; at++) {
      low += bytes[at]!;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return ((high << 16) | low) >>> 0;
}
