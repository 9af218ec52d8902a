/** What is remembered of a path: enough to ask analyzers whether they want it. */
export interface RememberedFile {
  readonly size: number;
  readonly mode: number;
}

const bytesPerSlot = 4 + 4 + 8 + 2;

/** Slots looked at for one path: with paths made to collide a lookup stays this cheap, and some are forgotten. */
const longestProbe = 64;

/**
 * Size and mode of every file of a layer by path, at 18 bytes a slot: hard links name files that went by earlier, and a
 * map of five million paths does not fit. Paths are told apart by 64 bits of hash, so what comes back is a hint, good
 * for choosing what to read and never for what is reported.
 */
export class PathTable {
  #count = 0;
  #slots = 1024;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #sizes = new Float64Array(1024);
  #modes = new Uint16Array(1024);

  /** Bytes held. */
  get bytes(): number {
    return this.#slots * bytesPerSlot;
  }

  set(path: string, file: RememberedFile): void {
    if (this.#count * 3 > this.#slots * 2) this.#grow();
    const [high, low] = hash(path);
    this.#put(high, low, file.size, file.mode);
  }

  get(path: string): RememberedFile | null {
    const [high, low] = hash(path);
    const slot = this.#slotOf(high, low);
    if (this.#low[slot] !== low || this.#high[slot] !== high) return null;
    return { size: this.#sizes[slot]!, mode: this.#modes[slot]! };
  }

  /** The slot of this path, else a free one, else one to be taken from another path. */
  #slotOf(high: number, low: number): number {
    const home = high & (this.#slots - 1);
    for (let probe = 0; probe < longestProbe; probe += 1) {
      const slot = (home + probe) & (this.#slots - 1);
      if (this.#low[slot] === 0 || (this.#low[slot] === low && this.#high[slot] === high)) return slot;
    }
    return home;
  }

  #put(high: number, low: number, size: number, mode: number): void {
    const slot = this.#slotOf(high, low);
    if (this.#low[slot] === 0) this.#count += 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#sizes[slot] = size;
    this.#modes[slot] = mode;
  }

  #grow(): void {
    const [slots, high, low, sizes, modes] = [this.#slots, this.#high, this.#low, this.#sizes, this.#modes];
    this.#slots = slots * 2;
    this.#high = new Uint32Array(this.#slots);
    this.#low = new Uint32Array(this.#slots);
    this.#sizes = new Float64Array(this.#slots);
    this.#modes = new Uint16Array(this.#slots);
    this.#count = 0;
    for (let slot = 0; slot < slots; slot += 1) {
      if (low[slot] !== 0) this.#put(high[slot]!, low[slot]!, sizes[slot]!, modes[slot]!);
    }
  }
}

/** Two 32-bit multiplicative hashes; `low` is never 0, which marks an empty slot. */
function hash(path: string): readonly [high: number, low: number] {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let index = 0; index < path.length; index += 1) {
    const unit = path.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  high ^= high >>> 15;
  return [high >>> 0, low >>> 0 || 1];
}
