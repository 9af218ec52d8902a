import { Fault } from '#core/fault.ts';

export interface JsonEntriesLimits {
  /** Bytes of one value. */
  readonly entryBytes: number;
  /** Bytes of one key, as written. */
  readonly keyBytes: number;
  /** Nesting of one value. */
  readonly depth: number;
  /** The member whose value is one huge list: its items are given one after the other, each under this key. */
  readonly list?: string;
}

const defaultLimits: JsonEntriesLimits = { entryBytes: 64 * 1024 * 1024, keyBytes: 1024, depth: 64 };

/**
 * The members of one huge JSON object, one after the other, holding no more than one of them: the whole text may be
 * of any size. `what` names the text in errors. Throws `feed/failed` where the text is not one object, is cut off, or
 * passes a limit; members before that place have been given by then.
 */
export async function* jsonEntries(
  source: AsyncIterable<Uint8Array>,
  what: string,
  limits: JsonEntriesLimits = defaultLimits,
): AsyncGenerator<readonly [key: string, value: unknown]> {
  const splitter = new Splitter(what, limits);
  for await (const bytes of source) yield* splitter.push(bytes);
  splitter.end();
}

type State =
  | 'start'
  | 'key-or-end'
  | 'key'
  | 'in-key'
  | 'colon'
  | 'value'
  | 'item-or-end'
  | 'in-value'
  | 'in-scalar'
  | 'comma'
  | 'done';

const quote = 0x22;
const backslash = 0x5c;
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isOpen = (byte: number) => byte === 0x7b || byte === 0x5b;
const isClose = (byte: number) => byte === 0x7d || byte === 0x5d;

/** Finds where keys and values end; what stands inside a value is left to JSON.parse. */
class Splitter {
  readonly #what: string;
  readonly #limits: JsonEntriesLimits;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #state: State = 'start';
  #inList = false;
  #key = '';
  #offset = 0;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(what: string, limits: JsonEntriesLimits) {
    this.#what = what;
    this.#limits = limits;
  }

  *push(bytes: Uint8Array): Generator<readonly [string, unknown]> {
    let from = 0;
    let at = 0;
    while (at < bytes.length) {
      const state = this.#state;
      if (state === 'in-value' || state === 'in-key') {
        at = this.#skim(bytes, at);
        if (at < 0) break;
        if (state === 'in-key') {
          this.#key = this.#take(bytes, from, at, this.#limits.keyBytes) as string;
          this.#state = 'colon';
        } else {
          yield [this.#key, this.#take(bytes, from, at, this.#limits.entryBytes)];
          this.#state = 'comma';
        }
        continue;
      }
      const byte = bytes[at]!;
      if (state === 'in-scalar') {
        if (byte !== 0x2c && !isClose(byte) && !isSpace(byte)) {
          at++;
          continue;
        }
        yield [this.#key, this.#take(bytes, from, at, this.#limits.entryBytes)];
        this.#state = 'comma';
        continue;
      }
      from = at;
      at++;
      if (isSpace(byte)) continue;
      this.#step(byte, this.#offset + at - 1);
    }
    if (this.#state === 'in-value' || this.#state === 'in-key' || this.#state === 'in-scalar')
      this.#hold(bytes.subarray(from));
    this.#offset += bytes.length;
  }

  end(): void {
    if (this.#state !== 'done') throw this.#fault('is cut off', this.#offset);
  }

  /** One byte outside of keys and values. */
  #step(byte: number, at: number): void {
    if (this.#state === 'start' && byte === 0x7b) this.#state = 'key-or-end';
    else if (this.#state === 'start' && at < 3 && [0xef, 0xbb, 0xbf][at] === byte) return;
    else if (this.#state === 'key-or-end' && byte === 0x7d) this.#state = 'done';
    else if ((this.#state === 'key-or-end' || this.#state === 'key') && byte === quote) this.#open('in-key');
    else if (this.#state === 'colon' && byte === 0x3a) this.#state = 'value';
    else if (this.#state === 'value' && byte === 0x5b && !this.#inList && this.#key === this.#limits.list) {
      this.#inList = true;
      this.#state = 'item-or-end';
    } else if (byte === 0x5d && this.#inList && (this.#state === 'item-or-end' || this.#state === 'comma')) {
      this.#inList = false;
      this.#state = 'comma';
    } else if (this.#state === 'value' || this.#state === 'item-or-end')
      this.#open(byte === quote ? 'in-value' : isOpen(byte) ? 'in-value' : 'in-scalar', byte);
    else if (this.#state === 'comma' && byte === 0x2c) this.#state = this.#inList ? 'value' : 'key';
    else if (this.#state === 'comma' && byte === 0x7d && !this.#inList) this.#state = 'done';
    else throw this.#fault('is not one JSON object', at);
  }

  #open(state: State, byte = quote): void {
    this.#state = state;
    this.#inString = byte === quote;
    this.#escaped = false;
    this.#depth = isOpen(byte) ? 1 : 0;
  }

  /** The place after the end of the string, object or array that is open, or -1 when it does not end in these bytes. */
  #skim(bytes: Uint8Array, start: number): number {
    let inString = this.#inString;
    let escaped = this.#escaped;
    let depth = this.#depth;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inString = false;
          if (depth === 0) return at + 1;
        }
      } else if (byte === quote) inString = true;
      else if (isOpen(byte)) {
        if (++depth > this.#limits.depth)
          throw this.#fault(`nests deeper than ${this.#limits.depth}`, this.#offset + at);
      } else if (isClose(byte) && --depth === 0) return at + 1;
    }
    this.#inString = inString;
    this.#escaped = escaped;
    this.#depth = depth;
    return -1;
  }

  #hold(bytes: Uint8Array): void {
    this.#held += bytes.length;
    const limit = this.#state === 'in-key' ? this.#limits.keyBytes : this.#limits.entryBytes;
    if (this.#held > limit) throw this.#fault(`has a member over ${limit} bytes`, this.#offset);
    this.#pieces.push(bytes);
  }

  #take(bytes: Uint8Array, from: number, to: number, limit: number): unknown {
    const last = bytes.subarray(from, to);
    if (this.#held + last.length > limit) throw this.#fault(`has a member over ${limit} bytes`, this.#offset + from);
    const whole = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#held = 0;
    try {
      return JSON.parse(this.#decoder.decode(whole));
    } catch (cause) {
      throw this.#fault('is not JSON', this.#offset + to, cause);
    }
  }

  #fault(problem: string, at: number, cause?: unknown): Fault {
    return new Fault('feed/failed', `reading ${this.#what}: the text ${problem} (byte ${at})`, { cause });
  }
}
