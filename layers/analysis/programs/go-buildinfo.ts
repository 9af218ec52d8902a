import { Fault } from '#core/fault.ts';
import { type Executable, headerView, readAddress, type Region } from './executable.ts';

/** What the Go linker writes into every program: by whom and, with modules, from what it was built. */
export interface GoBuildInfo {
  /** `go1.26.3`, with experiments behind a space, or `devel ...`. */
  readonly goVersion: string;
  /** The module information as text lines; empty for a program built without modules. */
  readonly modules: string;
}

/** `\xff Go buildinf:` (Go, src/debug/buildinfo): 14 bytes, on a 16-byte address. */
const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;
const headerBytes = 32;

/** Without a section of its own the record is looked for in this much of the writable data, where it stands in front. */
const scanBytes = 16 * 1024 * 1024;
const scanWindow = 1024 * 1024;
/** Places that look like it and are tried: hostile data may hold a million. */
const maxTries = 16;

const maxGoVersion = 256;
const maxModules = 8 * 1024 * 1024;

/**
 * The build information of a Go program, in both layouts: strings in line (Go 1.18 and later), or pointers to Go strings
 * (Go 1.13 to 1.17, 4 or 8 bytes, either byte order). Null for a program that is not Go, or has none; throws `image/corrupt`
 * where it begins but cannot be read.
 */
export function readGoBuildInfo(program: Executable): GoBuildInfo | null {
  const named = program.sections.find(({ name }) => name === '.go.buildinfo' || name === '__go_buildinfo');
  const regions = named === undefined ? writableRegions(program) : [named];
  let damage: Fault | null = null;
  let left = scanBytes;
  let tries = 0;
  for (const region of regions) {
    for (const address of magicAddresses(program, region, left)) {
      const found = decodeAt(program, address);
      if (!(found instanceof Fault)) return found;
      damage ??= found;
      if (++tries === maxTries) throw damage;
    }
    left -= region.size;
    if (left <= 0) break;
  }
  if (damage !== null) throw damage;
  if (named !== undefined) throw damaged(`section ${named.name} does not hold it`);
  return null;
}

const writableRegions = ({ format, segments, sections }: Executable) =>
  (format === 'pe' ? sections : segments).filter(({ writable }) => writable);

const damaged = (what: string) => new Fault('image/corrupt', `Go build information cannot be read: ${what}`);

/** Addresses in the first `limit` bytes of a region at which the magic bytes stand. */
function* magicAddresses(program: Executable, region: Region, limit: number): Iterable<number> {
  const size = Math.min(region.size, limit);
  for (let start = 0; start < size; start += scanWindow) {
    const bytes = program.bytes.read(region.offset + start, Math.min(scanWindow + magic.length - 1, size - start));
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = window.indexOf(magic); at >= 0 && at < scanWindow; at = window.indexOf(magic, at + 1)) {
      const address = region.address + start + at;
      if (address % alignment === 0) yield address;
    }
    if (bytes.length < scanWindow) return;
  }
}

function decodeAt(program: Executable, address: number): GoBuildInfo | Fault {
  const header = readAddress(program, address, headerBytes);
  if (header.length < headerBytes) return damaged('it is cut off');
  const pointerSize = header[14]!;
  const flags = header[15]!;
  const strings =
    (flags & 2) !== 0
      ? inlineStrings(program, address + headerBytes)
      : pointedStrings(program, header, pointerSize, (flags & 1) === 0);
  if (strings instanceof Fault) return strings;
  const [goVersion, modules] = strings;
  if (!/^(go|devel )[\x21-\x7e][\x20-\x7e]*$/.test(goVersion)) return damaged('it names no version of Go');
  return { goVersion, modules: unwrap(modules) };
}

type Strings = readonly [goVersion: string, modules: string];

/** Two strings, each behind its length as a varint. */
function inlineStrings(program: Executable, address: number): Strings | Fault {
  const goVersion = inlineString(program, address, maxGoVersion);
  if (goVersion instanceof Fault) return goVersion;
  const modules = inlineString(program, goVersion.end, maxModules);
  return modules instanceof Fault ? modules : [goVersion.text, modules.text];
}

function inlineString(program: Executable, address: number, most: number): { text: string; end: number } | Fault {
  const prefix = readAddress(program, address, 10);
  let length = 0;
  let used = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = prefix[used++];
    if (byte === undefined) return damaged('a length is cut off');
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  return stringAt(program, address + used, length, most);
}

/** Two pointers to Go strings, each a pointer to the text and its length. */
function pointedStrings(
  program: Executable,
  header: Uint8Array,
  pointerSize: number,
  littleEndian: boolean,
): Strings | Fault {
  if (pointerSize !== 4 && pointerSize !== 8) return damaged(`pointers of ${pointerSize} bytes`);
  const texts: string[] = [];
  for (const [index, most] of [maxGoVersion, maxModules].entries()) {
    const view = headerView(header, littleEndian);
    const at = alignment + index * pointerSize;
    const pointer = pointerSize === 4 ? view.u32(at) : view.u64(at);
    if (pointer === 0 && index === 1) return [texts[0]!, ''];
    const bytes = readAddress(program, pointer, 2 * pointerSize);
    if (bytes.length < 2 * pointerSize) return damaged('a pointer leads nowhere');
    const string = headerView(bytes, littleEndian);
    const [data, length] = pointerSize === 4 ? [string.u32(0), string.u32(4)] : [string.u64(0), string.u64(8)];
    const text = stringAt(program, data, length, most);
    if (text instanceof Fault) return text;
    texts.push(text.text);
  }
  return [texts[0]!, texts[1]!];
}

function stringAt(
  program: Executable,
  address: number,
  length: number,
  most: number,
): { text: string; end: number } | Fault {
  if (length > most) return damaged(`a string of ${length} bytes, at most ${most} are read`);
  if (length === 0) return { text: '', end: address };
  const bytes = readAddress(program, address, length);
  if (bytes.length < length) return damaged('a string is cut off');
  // A copy: the bytes may be a window of a large file. Latin-1 keeps the sentinels one character a byte.
  return { text: Buffer.from(bytes).toString('latin1'), end: address + length };
}

/** The text between two 16-byte sentinels; empty when they are not there (Go, src/debug/buildinfo). */
function unwrap(modules: string): string {
  if (modules.length < 33 || modules[modules.length - 17] !== '\n') return '';
  return Buffer.from(modules.slice(16, -16), 'latin1').toString('utf8');
}
