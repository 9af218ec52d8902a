import { withoutLeadingZeros } from './digits.ts';

/**
 * Writes an order-preserving key token by token. Every token is self-delimiting and begins with a byte that tells its
 * kind, so that kinds compare before values: 00..0f below numbers, 10..80 numbers, 90 above numbers; ff begins nothing.
 */
export class KeyWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** One byte: a tag, or a value that is one byte wide. */
  byte(value: number): this {
    if (this.#length === this.#bytes.length) this.#grow();
    this.#bytes[this.#length++] = value;
    return this;
  }

  /**
   * NUM, a run of decimal digits as a number: a head that tells the count of digits without leading zeros (10 + count up to
   * 111, else 80 and the count in two bytes), then the digits as packed BCD, padded on the left. Linear, exact to 65,535 digits.
   */
  number(run: string): this {
    const digits = withoutLeadingZeros(run);
    const count = digits.length;
    if (count < 112) this.byte(0x10 + count);
    else
      this.byte(0x80)
        .byte(count >> 8)
        .byte(count & 0xff);
    for (let at = count % 2 === 0 ? 0 : -1; at < count; at += 2) {
      const high = at < 0 ? 0 : digits.charCodeAt(at) - 0x30;
      this.byte((high << 4) | (digits.charCodeAt(at + 1) - 0x30));
    }
    return this;
  }

  /** TEXT without its tag: the characters, which must be ASCII without NUL, then 00, so that a prefix sorts first. */
  text(ascii: string): this {
    for (let at = 0; at < ascii.length; at++) this.byte(ascii.charCodeAt(at));
    return this.byte(0x00);
  }

  /** A copy of what was written so far. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
