import type { RandomAccess } from '../analyzer.ts';

/** The reference looks into whatever has up to so many bytes; beyond, what is no text is not looked into. */
const smallBytes = 10_000;
/** Where a NUL says that a file is no text; as git and grep look for it. */
const sampleBytes = 8 * 1024;

/** The content of a file as it is searched: UTF-16 with a byte order mark as UTF-8; null for programs and other data. */
export function searchedText(content: RandomAccess): Uint8Array | null {
  const head = content.read(0, sampleBytes);
  const utf16 =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
  if (utf16 !== null) return Buffer.from(new TextDecoder(utf16).decode(content.all(content.size)));
  if (content.size > smallBytes && head.includes(0)) return null;
  return content.all(content.size);
}
