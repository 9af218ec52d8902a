/** Calls back for each place where one of its texts begins, in the order in which the texts end there. */
export type TextFinder = (bytes: Uint8Array, found: (text: number, at: number) => void) => void;

/**
 * Looks for many ASCII texts of two characters or more at once, letters in either case, and gives their indexes. One pass
 * whatever their number: most bytes are never looked at (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994).
 */
export function makeTextFinder(texts: readonly string[]): TextFinder {
  const wanted = texts.map((text) => Buffer.from(text.toLowerCase(), 'latin1'));
  const window = Math.min(...wanted.map(({ length }) => length));
  /** By the last two bytes of the window: how far it may move on; 0 where a text may begin. */
  const moves = new Uint8Array(65536).fill(Math.min(window - 1, 255));
  const ends = new Map<number, number[]>();
  for (const [index, text] of wanted.entries()) {
    for (let at = 1; at < window; at++) {
      const move = Math.min(window - 1 - at, 255);
      for (const pair of bothCases(text[at - 1]!, text[at]!)) moves[pair] = Math.min(moves[pair]!, move);
    }
    const last = text[window - 2]! * 256 + text[window - 1]!;
    ends.set(last, [...(ends.get(last) ?? []), index]);
  }
  return (bytes, found) => {
    for (let end = window - 1; end < bytes.length; ) {
      const move = moves[bytes[end - 1]! * 256 + bytes[end]!]!;
      if (move > 0) {
        end += move;
        continue;
      }
      const start = end - window + 1;
      for (const index of ends.get(folded[bytes[end - 1]!]! * 256 + folded[bytes[end]!]!) ?? [])
        if (isAt(bytes, wanted[index]!, start)) found(index, start);
      end += 1;
    }
  };
}

/** Each byte with ASCII letters in lower case. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

function bothCases(first: number, second: number): readonly number[] {
  const pairs: number[] = [];
  for (const a of casesOf(first)) for (const b of casesOf(second)) pairs.push(a * 256 + b);
  return pairs;
}

function casesOf(byte: number): readonly number[] {
  return byte >= 0x61 && byte <= 0x7a ? [byte, byte - 0x20] : [byte];
}

function isAt(bytes: Uint8Array, text: Uint8Array, start: number): boolean {
  if (start + text.length > bytes.length) return false;
  for (let at = 0; at < text.length; at++) if (folded[bytes[start + at]!] !== text[at]) return false;
  return true;
}
