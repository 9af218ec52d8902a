import type { RandomAccess } from '../analyzer.ts';
import { cString, type Executable, type HeaderView, headerView, type Region } from './executable.ts';

/** More segments or sections than these are not looked at. */
const maxSegments = 1024;
const maxSections = 16_384;
const maxNames = 1024 * 1024;

/**
 * An ELF file of either class and byte order (System V gABI, chapters 4 and 5); null for anything else. Headers that point
 * outside the file are left out.
 */
export function openElf(bytes: RandomAccess): Executable | null {
  const ident = bytes.read(0, 64);
  if (ident.length < 52 || headerView(ident, false).u32(0) !== 0x7f454c46) return null;
  const wide = ident[4] === 2;
  const littleEndian = ident[5] === 1;
  if ((!wide && ident[4] !== 1) || (!littleEndian && ident[5] !== 2) || (wide && ident.length < 64)) return null;
  const head = headerView(ident, littleEndian);
  const file: ElfFile = { bytes, head, wide, littleEndian };
  return { format: 'elf', bytes, segments: segmentsOf(file), sections: sectionsOf(file) };
}

interface ElfFile {
  readonly bytes: RandomAccess;
  readonly head: HeaderView;
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

const ptLoad = 1;
const pfWrite = 2;
const shfWrite = 1;
const shtNull = 0;
const shtNobits = 8;

function segmentsOf({ bytes, head, wide, littleEndian }: ElfFile): readonly Region[] {
  const offset = wide ? head.u64(32) : head.u32(28);
  const entry = head.u16(wide ? 54 : 42);
  const count = Math.min(head.u16(wide ? 56 : 44), maxSegments);
  const regions: Region[] = [];
  for (const header of table(bytes, offset, entry, count, wide ? 56 : 32)) {
    const ph = headerView(header, littleEndian);
    if (ph.u32(0) !== ptLoad) continue;
    regions.push({
      name: '',
      address: wide ? ph.u64(16) : ph.u32(8),
      offset: wide ? ph.u64(8) : ph.u32(4),
      size: wide ? ph.u64(32) : ph.u32(16),
      writable: (ph.u32(wide ? 4 : 24) & pfWrite) !== 0,
    });
  }
  return regions.filter((region) => region.offset < bytes.size && region.size > 0);
}

function sectionsOf({ bytes, head, wide, littleEndian }: ElfFile): readonly Region[] {
  const offset = wide ? head.u64(40) : head.u32(32);
  const entry = head.u16(wide ? 58 : 46);
  const least = wide ? 64 : 40;
  if (offset === 0) return [];
  const section = (header: Uint8Array) => {
    const sh = headerView(header, littleEndian);
    return {
      name: sh.u32(0),
      type: sh.u32(4),
      flags: sh.u32(wide && !littleEndian ? 12 : 8),
      address: wide ? sh.u64(16) : sh.u32(12),
      offset: wide ? sh.u64(24) : sh.u32(16),
      size: wide ? sh.u64(32) : sh.u32(20),
      link: sh.u32(wide ? 40 : 24),
    };
  };
  // Beyond 0xff00 sections the true numbers stand in section 0.
  const zero = table(bytes, offset, entry, 1, least).map(section)[0];
  const count = head.u16(wide ? 60 : 48) || (zero?.size ?? 0);
  const namesAt = head.u16(wide ? 62 : 50);
  const headers = table(bytes, offset, entry, Math.min(count, maxSections), least).map(section);
  const strings = headers[namesAt === 0xffff ? (zero?.link ?? 0) : namesAt];
  const names = strings ? bytes.read(strings.offset, Math.min(strings.size, maxNames)) : new Uint8Array(0);
  return headers
    .filter(({ type, size, offset }) => type !== shtNull && type !== shtNobits && size > 0 && offset < bytes.size)
    .map(({ name, address, offset, size, flags }) => ({
      name: cString(names.subarray(name, name + 64)),
      address,
      offset,
      size,
      writable: (flags & shfWrite) !== 0,
    }));
}

/** The entries of a header table that are whole in the file. */
function table(bytes: RandomAccess, offset: number, entry: number, count: number, least: number): Uint8Array[] {
  if (entry < least || entry > 1024 || offset >= bytes.size) return [];
  const all = bytes.read(offset, entry * count);
  return Array.from({ length: Math.floor(all.length / entry) }, (_, at) => all.subarray(at * entry, (at + 1) * entry));
}
