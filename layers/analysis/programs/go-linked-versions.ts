import { type Executable, headerView, type Region } from './executable.ts';

const windowBytes = 1024 * 1024;
/** Longer than any version. */
const longest = 128;
/** Read-only and writable bytes that are looked at. */
const maxTextBytes = 256 * 1024 * 1024;
const maxDataBytes = 32 * 1024 * 1024;
const maxCandidates = 4096;

/**
 * Versions that the linker wrote into string variables of a Go program (`-ldflags "-X main.version=1.2.3"`), and those of embedded
 * one-line files (`//go:embed VERSION`), as they are written. Such a text ends with a NUL or a line break, which constants do not,
 * and a variable points to it: its address and length stand in the writable data (Go, cmd/link, addstrdata). Position-independent
 * programs have no addresses there, and give none.
 */
export function linkedVersions(program: Executable): ReadonlySet<string> {
  const texts = candidates(program);
  return texts.size === 0 ? new Set() : pointedTexts(program, texts);
}

const versionLine = /(\d{1,8})\.\d{1,4}\.\d{1,4}(?:[-+][\w.+-]{1,60})?[\n\0]/g;

/** Texts that may be versions, by address and length. */
function candidates(program: Executable): ReadonlyMap<number, ReadonlyMap<number, string>> {
  const texts = new Map<number, Map<number, string>>();
  let left = maxTextBytes;
  const put = (address: number, text: string) => {
    const lengths = texts.get(address) ?? new Map<number, string>();
    texts.set(address, lengths.set(text.length, text));
  };
  for (const region of regions(program, false)) {
    const size = Math.min(region.size, left);
    left -= size;
    for (let start = 0; start < size; start += windowBytes) {
      const from = Math.max(0, start - longest);
      const bytes = program.bytes.read(region.offset + from, Math.min(start + windowBytes + longest, size) - from);
      const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      for (const { 0: match, index, 1: first = '' } of window.matchAll(versionLine)) {
        if (texts.size >= maxCandidates) return texts;
        // Constants stand without a gap before embedded files: `sha512` and `1.15.3` are `sha5121.15.3`.
        for (let skip = 0; skip < first.length; skip++) {
          for (const before of ['', 'v', 'release-']) {
            const at = index + skip - before.length;
            if (at < 0 || !window.startsWith(before, at)) continue;
            const text = before + match.slice(skip, -1);
            put(region.address + from + at, text);
            if (match.endsWith('\n')) put(region.address + from + at, `${text}\n`);
          }
        }
      }
    }
  }
  return texts;
}

/** Of these texts, those that a string variable points to. */
function pointedTexts(
  program: Executable,
  texts: ReadonlyMap<number, ReadonlyMap<number, string>>,
): ReadonlySet<string> {
  const { word, littleEndian } = machineOf(program);
  const found = new Set<string>();
  let left = maxDataBytes;
  for (const region of regions(program, true)) {
    const bytes = program.bytes.read(region.offset, Math.min(region.size, left));
    left -= bytes.length;
    const view = headerView(bytes, littleEndian);
    const at = (offset: number) => {
      if (word === 4) return view.u32(offset);
      const [low, high] = littleEndian ? [0, 4] : [4, 0];
      return view.u32(offset + low) + view.u32(offset + high) * 2 ** 32;
    };
    for (let offset = 0; offset + 2 * word <= bytes.length; offset += word) {
      const text = texts.get(at(offset))?.get(at(offset + word));
      if (text !== undefined) found.add(text.trim());
    }
  }
  return found;
}

/** Sections where they are named: segments of read-only bytes hold the code as well. */
function regions({ sections, segments }: Executable, writable: boolean): readonly Region[] {
  const named = writable ? /^(?:\.(?:noptr)?data|__(?:noptr)?data)$/ : /^(?:\.rodata|\.rdata|__rodata)$/;
  const chosen = sections.filter(({ name }) => named.test(name));
  return chosen.length > 0 ? chosen : segments.filter((region) => region.writable === writable);
}

function machineOf({ format, bytes }: Executable): { readonly word: 4 | 8; readonly littleEndian: boolean } {
  if (format !== 'elf') return { word: 8, littleEndian: true };
  const ident = bytes.read(0, 6);
  return { word: ident[4] === 2 ? 8 : 4, littleEndian: ident[5] === 1 };
}
