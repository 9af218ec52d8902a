import { readAddress } from './executable.ts';
import type { PeExecutable } from './pe.ts';

/** True for an assembly of .NET: it has a CLR header (ECMA-335 II.25.2.3.3), mixed ones and precompiled ones too. */
export function isManaged({ directories }: PeExecutable): boolean {
  return (directories[14]?.size ?? 0) > 0;
}

/**
 * The texts of the version resource by their names (`FileVersion`, `ProductVersion`, `CompanyName`, ...; VS_VERSIONINFO of the
 * Windows API), of several languages the first; none where there is no resource or it is damaged. At most 64 texts of up to
 * 512 characters.
 */
export function versionTexts(program: PeExecutable): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const resource = versionResource(program);
  const root = blockAt(resource, 0, resource.length);
  if (root?.key !== 'VS_VERSION_INFO') return texts;
  for (const info of blocksIn(resource, aligned(root.value + root.valueLength), root.end)) {
    if (info.key !== 'StringFileInfo') continue;
    for (const table of blocksIn(resource, info.value, info.end)) {
      for (const { key, value, end } of blocksIn(resource, table.value, table.end)) {
        const text = resource
          .toString('utf16le', value, Math.min(end, value + 2 * maxText))
          .split('\0')[0]!
          .trim();
        if (texts.size < maxTexts && !texts.has(key)) texts.set(key, text);
      }
    }
  }
  return texts;
}

const resourceDirectory = 2;
const versionType = 16;
const maxResource = 64 * 1024;
const maxTexts = 64;
const maxText = 512;

/** The bytes of the first version resource: three levels of folders (type, name, language), then where they are. */
function versionResource(program: PeExecutable): Buffer {
  const none = Buffer.alloc(0);
  const base = program.directories[resourceDirectory];
  if (base === undefined || base.size === 0) return none;
  let at = 0;
  for (const wanted of [versionType, null, null]) {
    const next = childOf(program, base.address, at, wanted);
    if (next === null) return none;
    at = next;
  }
  const entry = bufferAt(program, base.address + at, 8);
  if (entry.length < 8) return none;
  // Where data is counts from the base of the image, where folders are from the first folder.
  return bufferAt(program, program.imageBase + entry.readUInt32LE(0), Math.min(entry.readUInt32LE(4), maxResource));
}

/** Where the entry with this id leads, of null the first one; null when there is none. */
function childOf(program: PeExecutable, base: number, at: number, id: number | null): number | null {
  const head = bufferAt(program, base + at, 16);
  if (head.length < 16) return null;
  const count = Math.min(head.readUInt16LE(12) + head.readUInt16LE(14), 256);
  const entries = bufferAt(program, base + at + 16, 8 * count);
  for (let from = 0; from + 8 <= entries.length; from += 8) {
    if (id !== null && entries.readUInt32LE(from) !== id) continue;
    return entries.readUInt32LE(from + 4) & 0x7fff_ffff;
  }
  return null;
}

function bufferAt(program: PeExecutable, address: number, length: number): Buffer {
  const bytes = readAddress(program, address, length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

interface Block {
  readonly key: string;
  /** Where its value begins, or what is in it where it has no value. */
  readonly value: number;
  readonly valueLength: number;
  readonly end: number;
}

function* blocksIn(bytes: Buffer, from: number, end: number): Generator<Block> {
  for (let at = from; at < end; ) {
    const block = blockAt(bytes, at, end);
    if (block === null) return;
    yield block;
    at = aligned(block.end);
  }
}

/** A block of the resource: its length, the length of its value, its type, its key in UTF-16, then, at a multiple of four, the rest. */
function blockAt(bytes: Buffer, at: number, limit: number): Block | null {
  if (at + 8 > limit) return null;
  const end = Math.min(at + bytes.readUInt16LE(at), limit);
  if (end < at + 8) return null;
  let keyEnd = at + 6;
  while (keyEnd + 2 <= end && bytes.readUInt16LE(keyEnd) !== 0) keyEnd += 2;
  const key = bytes.toString('utf16le', at + 6, Math.min(keyEnd, at + 6 + 256));
  return { key, value: Math.min(aligned(keyEnd + 2), end), valueLength: bytes.readUInt16LE(at + 2), end };
}

const aligned = (at: number) => (at + 3) & ~3;
