import { Fault } from '#core/fault.ts';

/** What PHP's serialize() writes: arrays and objects as maps, both without their class. */
export type PhpValue = null | boolean | number | string | PhpMap;
export type PhpMap = ReadonlyMap<string, PhpValue>;

/** Nesting of arrays; the registry of PEAR has eight levels. */
const maxDepth = 64;
const maxValues = 1_000_000;

/**
 * The value that these bytes are a text of, as PHP's unserialize() reads them; nothing is made of objects but maps of their members.
 * Keys are texts, strings UTF-8; references and what classes write by themselves are null, what follows the value does not
 * count. Throws `input/invalid` for anything else, and `input/too-large` over a million values or 64 levels.
 */
export function parsePhpSerialized(bytes: Uint8Array): PhpValue {
  return new Reader(bytes).value(0);
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): PhpValue {
    if (++this.#values > maxValues) throw new Fault('input/too-large', `has more than ${maxValues} values`);
    if (depth > maxDepth) throw new Fault('input/too-large', `is nested more than ${maxDepth} levels deep`);
    const kind = this.#take(1);
    if (kind === 'N') return this.#expect(';', null);
    this.#expect(':', null);
    switch (kind) {
      case 'b':
        return this.#until(';') === '1';
      case 'i':
      case 'd':
        return Number(this.#until(';'));
      case 's':
        return this.#expect(';', this.#string());
      case 'a':
        return this.#members(depth);
      case 'O':
        this.#string();
        this.#expect(':', null);
        return this.#members(depth);
      case 'E':
        return this.#expect(';', this.#string());
      case 'R':
      case 'r':
        this.#until(';');
        return null;
      case 'C': {
        this.#string();
        this.#expect(':', null);
        const length = this.#count();
        this.#expect('{', null);
        this.#take(length);
        return this.#expect('}', null);
      }
      default:
        throw this.#problem();
    }
  }

  /** `COUNT:{KEY VALUE ...}`; of a key that stands twice the last value counts. */
  #members(depth: number): PhpMap {
    const count = this.#count();
    this.#expect('{', null);
    const members = new Map<string, PhpValue>();
    for (let index = 0; index < count; index++) {
      const kind = this.#take(1);
      if (kind !== 'i' && kind !== 's') throw this.#problem();
      this.#expect(':', null);
      const key = kind === 'i' ? this.#until(';') : this.#expect(';', this.#string());
      members.set(key, this.value(depth + 1));
    }
    return this.#expect('}', members);
  }

  /** `LENGTH:"BYTES"`. */
  #string(): string {
    const length = this.#count();
    this.#expect('"', null);
    return this.#expect('"', this.#take(length));
  }

  /** A number of bytes or members and the colon behind it. */
  #count(): number {
    const digits = this.#until(':');
    if (!/^\d{1,10}$/.test(digits)) throw this.#problem();
    return Number(digits);
  }

  #take(length: number): string {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#problem();
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** The digits up to a mark; numbers are short. */
  #until(mark: string): string {
    const end = this.#bytes.subarray(this.#at, this.#at + 64).indexOf(mark);
    if (end < 0) throw this.#problem();
    const text = this.#take(end);
    this.#at += 1;
    return text;
  }

  #expect<T>(mark: string, value: T): T {
    if (this.#bytes[this.#at] !== mark.charCodeAt(0)) throw this.#problem();
    this.#at += 1;
    return value;
  }

  #problem(): Fault {
    return new Fault('input/invalid', `is no serialized PHP value (byte ${this.#at})`);
  }
}
