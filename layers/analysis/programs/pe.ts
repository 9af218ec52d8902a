import type { RandomAccess } from '../analyzer.ts';
import { cString, type Executable, headerView } from './executable.ts';

/** Windows itself loads at most 96 sections. */
const maxSections = 96;
const maxDirectories = 16;
const writable = 0x8000_0000;

/** A PE image with its data directories in the order of the format; an entry that is empty has size 0. */
export interface PeExecutable extends Executable {
  readonly imageBase: number;
  readonly directories: readonly { readonly address: number; readonly size: number }[];
}

/** A PE image, PE32 or PE32+ (Microsoft PE format); null for anything else. Addresses are virtual: image base and all. */
export function openPe(bytes: RandomAccess): PeExecutable | null {
  const dos = bytes.read(0, 64);
  if (dos.length < 64 || dos[0] !== 0x4d || dos[1] !== 0x5a) return null;
  const at = headerView(dos, true).u32(0x3c);
  const coff = bytes.read(at, 24 + 32);
  if (coff.length < 24 + 32) return null;
  const head = headerView(coff, true);
  if (head.u32(0) !== 0x0000_4550) return null;
  const wide = head.u16(24) === 0x20b;
  if (!wide && head.u16(24) !== 0x10b) return null;
  const imageBase = wide ? head.u64(24 + 24) : head.u32(24 + 28);
  const directories = directoriesOf(bytes, at + 24 + (wide ? 112 : 96), at + 24 + head.u16(20), imageBase);
  const count = Math.min(head.u16(6), maxSections);
  const all = bytes.read(at + 24 + head.u16(20), 40 * count);
  const table = headerView(all, true);
  const sections = Array.from({ length: Math.floor(all.length / 40) }, (_, index) => {
    const entry = index * 40;
    return {
      name: cString(all.subarray(entry, entry + 8)),
      address: imageBase + table.u32(entry + 12),
      offset: table.u32(entry + 20),
      size: table.u32(entry + 16),
      writable: (table.u32(entry + 36) & writable) !== 0,
    };
  }).filter((section) => section.size > 0 && section.offset < bytes.size);
  return { format: 'pe', bytes, sections, segments: sections, imageBase, directories };
}

/** The table at the end of the optional header; its count stands right before it. */
function directoriesOf(bytes: RandomAccess, from: number, end: number, imageBase: number): PeExecutable['directories'] {
  const table = bytes.read(from - 4, Math.min(4 + 8 * maxDirectories, Math.max(0, end - from + 4)));
  if (table.length < 4) return [];
  const view = headerView(table, true);
  const count = Math.min(view.u32(0), Math.floor((table.length - 4) / 8));
  return Array.from({ length: count }, (_, index) => ({
    address: imageBase + view.u32(4 + 8 * index),
    size: view.u32(8 + 8 * index),
  }));
}
