/**
 * Bytes of a text file by its byte order mark, which is left out: UTF-8, or UTF-16 as Windows' tools write it. Without a mark it
 * is UTF-8; what is none becomes U+FFFD.
 */
export function decodedText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
