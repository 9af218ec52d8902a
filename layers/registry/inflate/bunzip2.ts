import { cutShort, damaged, decodedPiece } from './decode.ts';

/** The most that a block can take: 900,001 codes of 20 bits, 18,002 selectors of 6, and the tables. */
const blockBytes = 2_400_000;

/** Codes of a block are of one table for this many symbols. */
const groupSymbols = 50;
const maxSelectors = 18_002;
const maxCodeLength = 20;

/**
 * Bzip2 inflated (the format of bzip2 1.0), any number of streams; what follows the last and is none is ignored. One block is
 * held at a time, whatever it inflates to. Throws `image/corrupt` when the data is damaged or cut off.
 */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new BitInput(chunks);
  for (let stream = 1; ; stream++) {
    await input.fill(blockBytes);
    if (stream > 1 && !input.startsWith('BZh')) {
      await input.close();
      return;
    }
    if (input.bits(16) !== 0x425a || input.bits(8) !== 0x68) throw damaged('bzip2', 'it does not begin as such');
    const level = input.bits(8) - 0x30;
    if (level < 1 || level > 9) throw damaged('bzip2', 'its header names no size of blocks');
    const symbols = new Uint32Array(level * 100_000);
    let combined = 0;
    for (;;) {
      await input.fill(blockBytes);
      const magic = [input.bits(16), input.bits(16), input.bits(16)].map((part) => part.toString(16)).join(' ');
      const crc = input.word();
      if (magic === '1772 4538 5090') {
        if (crc !== combined) throw damaged('bzip2', `checksum of stream ${stream} does not fit`);
        input.align();
        break;
      }
      if (magic !== '3141 5926 5359') throw damaged('bzip2', 'a block does not begin as such');
      const block = readBlock(input, symbols);
      if ((yield* expand(symbols, block)) !== crc) throw damaged('bzip2', 'checksum of a block does not fit');
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
  }
}

/** Bits from the front of a stream, of which so much is at hand that a whole block can be read without waiting. */
class BitInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #hold = 0;
  #held = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async fill(length: number): Promise<void> {
    const parts: Uint8Array[] = [this.#bytes.subarray(this.#at)];
    let have = this.#bytes.length - this.#at;
    if (have >= length || this.#ended) return;
    // Twice as much as is needed, so that bytes are not moved for every block.
    while (have < length * 2) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#ended = true;
        break;
      }
      parts.push(next.value);
      have += next.value.length;
    }
    this.#bytes = Buffer.concat(parts, have);
    this.#at = 0;
  }

  /** At most 16. */
  bits(count: number): number {
    while (this.#held < count) {
      if (this.#at === this.#bytes.length) throw cutShort('bzip2');
      this.#hold = (this.#hold << 8) | this.#bytes[this.#at++]!;
      this.#held += 8;
    }
    this.#held -= count;
    return (this.#hold >>> this.#held) & ((1 << count) - 1);
  }

  word(): number {
    return this.bits(16) * 0x10000 + this.bits(16);
  }

  align(): void {
    this.#held -= this.#held % 8;
  }

  /** Only when aligned. */
  startsWith(text: string): boolean {
    const from = this.#at - this.#held / 8;
    return this.#bytes.toString('latin1', from, from + text.length) === text;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

interface Block {
  /** Bytes of the block before runs are expanded. */
  readonly length: number;
  /** Where the text begins in the sorted order. */
  readonly origin: number;
}

/** A Huffman code: by length, the first code of the next length, and where its symbols stand in `order`. */
interface Code {
  readonly least: number;
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly order: Uint16Array;
}

/** Reads one block; the low byte of each of `symbols` is the sorted text, the rest links each place to the one before it. */
function readBlock(input: BitInput, symbols: Uint32Array): Block {
  if (input.bits(1) === 1) throw damaged('bzip2', 'it is of a version before 0.9.5');
  const origin = input.bits(8) * 0x10000 + input.bits(16);
  const front = usedBytes(input);
  if (front.length === 0) throw damaged('bzip2', 'a block uses no bytes');
  const tables = input.bits(3);
  if (tables < 2 || tables > 6) throw damaged('bzip2', `a block has ${tables} tables`);
  const selectors = readSelectors(input, tables);
  const codes = Array.from({ length: tables }, () => readCode(input, front.length + 2));
  const length = readSymbols(input, symbols, front, selectors, codes);
  if (origin >= length) throw damaged('bzip2', 'a block begins outside of itself');
  link(symbols, length);
  return { length, origin };
}

function usedBytes(input: BitInput): Uint8Array {
  const used: number[] = [];
  const ranges = input.bits(16);
  for (let range = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue;
    const bytes = input.bits(16);
    for (let byte = 0; byte < 16; byte++) if (((bytes >> (15 - byte)) & 1) === 1) used.push(range * 16 + byte);
  }
  return Uint8Array.from(used);
}

function readSelectors(input: BitInput, tables: number): Uint8Array {
  const count = input.bits(15);
  if (count === 0) throw damaged('bzip2', 'a block has no selectors');
  const recent = Array.from({ length: tables }, (_, table) => table);
  const selectors = new Uint8Array(Math.min(count, maxSelectors));
  for (let at = 0; at < count; at++) {
    let place = 0;
    while (input.bits(1) === 1) if (++place >= tables) throw damaged('bzip2', 'a selector names no table');
    const [table] = recent.splice(place, 1);
    recent.unshift(table!);
    // Some encoders write more than there can be; the rest is not used.
    if (at < maxSelectors) selectors[at] = table!;
  }
  return selectors;
}

function readCode(input: BitInput, size: number): Code {
  const lengths = new Uint8Array(size);
  let length = input.bits(5);
  for (let symbol = 0; symbol < size; symbol++) {
    for (;;) {
      if (length < 1 || length > maxCodeLength) throw damaged('bzip2', 'a code has an impossible length');
      if (input.bits(1) === 0) break;
      length += input.bits(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const counts = new Int32Array(maxCodeLength + 2);
  for (const one of lengths) counts[one]!++;
  const limits = new Int32Array(maxCodeLength + 2);
  const offsets = new Int32Array(maxCodeLength + 2);
  for (let bits = 1, code = 0, place = 0; bits <= maxCodeLength; bits++) {
    offsets[bits] = place - code;
    code += counts[bits]!;
    place += counts[bits]!;
    limits[bits] = code;
    code <<= 1;
  }
  const order = Uint16Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return { least: Math.min(...lengths), limits, offsets, order };
}

/** Runs of the front byte (symbols 0 and 1 are digits of their length), then bytes by their place in the recent order. */
function readSymbols(
  input: BitInput,
  symbols: Uint32Array,
  front: Uint8Array,
  selectors: Uint8Array,
  codes: readonly Code[],
): number {
  const end = front.length + 1;
  let length = 0;
  let run = 0;
  let digit = 1;
  for (let group = 0; ; group++) {
    const code = codes[selectors[group] ?? -1];
    if (code === undefined) throw damaged('bzip2', 'a block has too few selectors');
    for (let at = 0; at < groupSymbols; at++) {
      const symbol = readSymbol(input, code);
      if (symbol <= 1) {
        run += digit << symbol;
        digit <<= 1;
        if (run > symbols.length) throw damaged('bzip2', 'a block is longer than its header says');
        continue;
      }
      if (run > 0) {
        if (length + run > symbols.length) throw damaged('bzip2', 'a block is longer than its header says');
        symbols.fill(front[0]!, length, length + run);
        length += run;
        run = 0;
        digit = 1;
      }
      if (symbol === end) return length;
      const byte = front[symbol - 1]!;
      front.copyWithin(1, 0, symbol - 1);
      front[0] = byte;
      if (length === symbols.length) throw damaged('bzip2', 'a block is longer than its header says');
      symbols[length++] = byte;
    }
  }
}

function readSymbol(input: BitInput, { least, limits, offsets, order }: Code): number {
  let code = input.bits(least);
  for (let bits = least; bits <= maxCodeLength; bits++) {
    if (code < limits[bits]!) return order[code + offsets[bits]!] ?? impossible();
    code = (code << 1) | input.bits(1);
  }
  return impossible();
}

function impossible(): never {
  throw damaged('bzip2', 'a code stands for no symbol');
}

/** Turns the sorted text into a chain through it (Burrows-Wheeler). */
function link(symbols: Uint32Array, length: number): void {
  const places = new Uint32Array(257);
  for (let at = 0; at < length; at++) places[(symbols[at]! & 0xff) + 1]!++;
  for (let byte = 1; byte < 257; byte++) places[byte]! += places[byte - 1]!;
  for (let at = 0; at < length; at++) symbols[places[symbols[at]! & 0xff]!++]! |= at << 8;
}

/** The text of a block: after four equal bytes stands how many more of them follow. Returns its checksum. */
function* expand(symbols: Uint32Array, { length, origin }: Block): Generator<Uint8Array, number> {
  let piece = Buffer.allocUnsafe(decodedPiece);
  let filled = 0;
  let crc = 0xffffffff;
  let at = symbols[origin]! >>> 8;
  let last = -1;
  let same = 0;
  for (let left = length; left > 0; left--) {
    const entry = symbols[at]!;
    const byte = entry & 0xff;
    at = entry >>> 8;
    let count = 1;
    let written = byte;
    if (same === 4) {
      count = byte;
      written = last;
      same = 0;
      last = -1;
    } else if (byte === last) same++;
    else {
      last = byte;
      same = 1;
    }
    if (filled + count > piece.length) {
      yield piece.subarray(0, filled);
      piece = Buffer.allocUnsafe(decodedPiece);
      filled = 0;
    }
    for (; count > 0; count--) {
      piece[filled++] = written;
      crc = ((crc << 8) ^ crcTable[((crc >>> 24) ^ written) & 0xff]!) >>> 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
  return ~crc >>> 0;
}

/** CRC-32 of bits from the highest on (zlib's goes from the lowest). */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc >>> 0;
});
