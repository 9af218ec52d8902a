import type { RandomAccess } from '../analyzer.ts';
import { type Executable, headerView, sliceOf } from '../programs/executable.ts';

/**
 * The deps.json that a single-file program of .NET carries in it (dotnet/designs: single-file bundler); null for any other
 * program, and for a bundle without one. The host has a mark in its writable data, before which the offset of the bundle's header
 * stands; header version 2 and later (.NET 5) say where deps.json is, version 1 (.NET Core 3) lists it among all files.
 */
export function bundledDepsJson(program: Executable): RandomAccess | null {
  const at = headerOffset(program);
  if (at === null) return null;
  const head = program.bytes.read(at, headBytes);
  if (head.length < 13) return null;
  const view = headerView(head, true);
  const major = view.u32(0);
  const idBytes = view.u8(12);
  const next = 13 + idBytes;
  if (major < 1 || major > 16 || idBytes > 127) return null;
  if (major === 1) return listedDepsJson(program.bytes, at + next, view.u32(8));
  return head.length < next + 16 ? null : partOf(program.bytes, view.u64(next), view.u64(next + 8));
}

/** The mark is the SHA-256 of `.net core bundle`, so that nothing else has it by chance. */
const mark = Buffer.from('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 'hex');
/** The writable data of the host has 120 kB; other programs may have any amount. */
const maxData = 16 * 1024 * 1024;
const headBytes = 13 + 127 + 40;
const maxFiles = 10_000;
const entryBytes = 8 + 8 + 1;
const depsJsonType = 3;

function headerOffset({ bytes, segments, sections }: Executable): number | null {
  for (const { offset, size, writable } of sections.length > 0 ? sections : segments) {
    if (!writable || size > maxData) continue;
    const data = bytes.read(offset, size);
    const at = Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(mark);
    if (at < 8) continue;
    const header = headerView(data, true).u64(at - 8);
    return header > 0 && header < bytes.size ? header : null;
  }
  return null;
}

/** Entries of version 1: offset, size, type, and the path behind its length (7 bits a byte). */
function listedDepsJson(bytes: RandomAccess, start: number, count: number): RandomAccess | null {
  let at = start;
  for (let index = 0; index < Math.min(count, maxFiles); index++) {
    const entry = bytes.read(at, entryBytes + 2);
    if (entry.length < entryBytes + 2) return null;
    const view = headerView(entry, true);
    if (view.u8(16) === depsJsonType) return partOf(bytes, view.u64(0), view.u64(8));
    const low = view.u8(17);
    at += low < 128 ? entryBytes + 1 + low : entryBytes + 2 + (low & 127) + 128 * (view.u8(18) & 127);
  }
  return null;
}

function partOf(bytes: RandomAccess, offset: number, size: number): RandomAccess | null {
  return size > 0 && offset > 0 && offset + size <= bytes.size ? sliceOf(bytes, offset, size) : null;
}
