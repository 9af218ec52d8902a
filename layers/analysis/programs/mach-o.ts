import type { RandomAccess } from '../analyzer.ts';
import { cString, type Executable, headerView, type Region, sliceOf } from './executable.ts';

/** A fat file holds one slice a machine; a Java class begins with the same four bytes, but counts far more. */
const maxSlices = 30;
const maxCommandBytes = 1024 * 1024;
const maxSections = 16_384;

/** The Mach-O images of a file, one for a thin file and one a slice for a fat one (mach-o/loader.h, mach-o/fat.h); empty for anything else. */
export function openMachO(bytes: RandomAccess): readonly Executable[] {
  const start = bytes.read(0, 8);
  if (start.length < 8) return [];
  const head = headerView(start, false);
  const wide = head.u32(0) === 0xcafebabf;
  if (head.u32(0) !== 0xcafebabe && !wide) return [openThin(bytes)].filter((image) => image !== null);
  const count = head.u32(4);
  if (count > maxSlices) return [];
  const entry = wide ? 32 : 20;
  const all = bytes.read(8, entry * count);
  const table = headerView(all, false);
  const images = Array.from({ length: Math.floor(all.length / entry) }, (_, index) => {
    const at = index * entry + 8;
    const slice = wide
      ? sliceOf(bytes, table.u64(at), table.u64(at + 8))
      : sliceOf(bytes, table.u32(at), table.u32(at + 4));
    return openThin(slice);
  });
  return images.filter((image) => image !== null);
}

const lcSegment = 0x1;
const lcSegment64 = 0x19;
const vmProtWrite = 2;

function openThin(bytes: RandomAccess): Executable | null {
  const head = bytes.read(0, 32);
  if (head.length < 28) return null;
  const magic = headerView(head, true).u32(0);
  const kind = magics.get(magic);
  if (kind === undefined) return null;
  const commandBytes = headerView(head, kind.littleEndian).u32(20);
  const commands = bytes.read(kind.wide ? 32 : 28, Math.min(commandBytes, maxCommandBytes));
  const view = headerView(commands, kind.littleEndian);
  const segments: Region[] = [];
  const sections: Region[] = [];
  for (let at = 0; at + 8 <= commands.length; ) {
    const command = view.u32(at);
    const size = view.u32(at + 4);
    if (size < 8 || at + size > commands.length) break;
    if (command === (kind.wide ? lcSegment64 : lcSegment)) {
      readSegment(commands.subarray(at, at + size), kind, segments, sections);
    }
    at += size;
  }
  const present = (region: Region) => region.size > 0 && region.offset < bytes.size;
  return { format: 'mach-o', bytes, segments: segments.filter(present), sections: sections.filter(present) };
}

interface Kind {
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

/** The magic number as little-endian bytes of the file give it. */
const magics = new Map<number, Kind>([
  [0xfeedface, { wide: false, littleEndian: true }],
  [0xfeedfacf, { wide: true, littleEndian: true }],
  [0xcefaedfe, { wide: false, littleEndian: false }],
  [0xcffaedfe, { wide: true, littleEndian: false }],
]);

/** Adds the segment of a load command, and its sections, to the lists. */
function readSegment(command: Uint8Array, { wide, littleEndian }: Kind, segments: Region[], sections: Region[]): void {
  const headerSize = wide ? 72 : 56;
  const sectionSize = wide ? 80 : 68;
  if (command.length < headerSize) return;
  const view = headerView(command, littleEndian);
  const word = (at: number, wideAt: number) => (wide ? view.u64(wideAt) : view.u32(at));
  const writable = (view.u32(wide ? 60 : 44) & vmProtWrite) !== 0;
  segments.push({
    name: cString(command.subarray(8, 24)),
    address: word(24, 24),
    offset: word(32, 40),
    size: word(36, 48),
    writable,
  });
  const count = view.u32(wide ? 64 : 48);
  for (let index = 0; index < count && sections.length < maxSections; index++) {
    const at = headerSize + index * sectionSize;
    if (at + sectionSize > command.length) return;
    sections.push({
      name: cString(command.subarray(at, at + 16)),
      address: word(at + 32, at + 32),
      size: word(at + 36, at + 40),
      offset: view.u32(at + (wide ? 48 : 40)),
      writable,
    });
  }
}
