/** Calls back for places where one of its texts begins, all of one text in their order. */
export type TextFinder = (bytes: Uint8Array, found: (text: number, at: number) => void) => void;

/**
 * Looks for many ASCII texts of two to 256 characters at once, letters in either case, and gives their indexes. One pass
 * whatever their number, in which most bytes are never looked at (Wu and Manber, "A fast algorithm for multi-pattern
 * searching", 1994), by the part of each text that is least like a word.
 */
export function makeTextFinder(texts: readonly string[]): TextFinder {
  const wanted = texts.map((text) => Buffer.from(text.toLowerCase(), 'latin1'));
  const window = Math.min(...wanted.map(({ length }) => length));
  /** By the last two bytes of the window: how far it may move on; 0 where the part of a text may stand. */
  const moves = new Uint8Array(128 * 128).fill(window - 1);
  const texting: { readonly text: number; readonly offset: number }[][] = Array.from(moves, () => []);
  for (const [index, text] of wanted.entries()) {
    const offset = rarestPart(text, window);
    for (let at = 1; at < window; at++) {
      const pair = pairOf(text[offset + at - 1]!, text[offset + at]!);
      moves[pair] = Math.min(moves[pair]!, window - 1 - at);
      if (at === window - 1) texting[pair]!.push({ text: index, offset });
    }
  }
  return (bytes, found) => {
    for (let end = window - 1; end < bytes.length; ) {
      const pair = pairOf(bytes[end - 1]!, bytes[end]!);
      const move = moves[pair]!;
      if (move > 0) {
        end += move;
        continue;
      }
      for (const { text, offset } of texting[pair]!) {
        const start = end - window + 1 - offset;
        if (isAt(bytes, wanted[text]!, start)) found(text, start);
      }
      end += 1;
    }
  };
}

/** Where the window has the most characters that are no letters. */
function rarestPart(text: Uint8Array, window: number): number {
  let best = 0;
  let most = -1;
  for (let offset = 0; offset + window <= text.length; offset++) {
    const others = text.subarray(offset, offset + window).filter((byte) => byte < 0x61 || byte > 0x7a).length;
    if (others <= most) continue;
    most = others;
    best = offset;
  }
  return best;
}

/** The same for letters in either case, and for some other bytes: what it lets through is compared. */
function pairOf(first: number, second: number): number {
  return ((first & 0x5f) << 7) | (second & 0x5f);
}

function isAt(bytes: Uint8Array, text: Uint8Array, start: number): boolean {
  if (start < 0 || start + text.length > bytes.length) return false;
  for (let at = 0; at < text.length; at++) if (folded[bytes[start + at]!] !== text[at]) return false;
  return true;
}

/** Each byte with ASCII letters in lower case. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
