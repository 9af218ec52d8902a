import { type Comparator, maxVersionLength, type ParsedVersion, type Undecidable } from './comparator.ts';
import { KeyWriter } from './key-writer.ts';

/** Why a text is not a version of the scheme. */
export interface Refused {
  readonly refused: string;
}

/** What makes one version scheme: how a text is taken apart, how the parts are ordered, how they are written as a key. */
export interface SchemeDefinition<Parts extends object> {
  readonly scheme: string;
  readonly rules: number;
  /** Takes apart a text of 1 to `maxVersionLength` characters, or says why it cannot. */
  read(text: string): Parts | Refused;
  /** The scheme's own rules on the parts; never by way of the key, so that one can be tested against the other. */
  order(a: Parts, b: Parts): number;
  /** Writes the whole key. */
  write(parts: Parts, key: KeyWriter): void;
  /** Where "from these on" begins, where that is not the key; null where it is. */
  start?(parts: Parts): Uint8Array | null;
  /** Where "up to and including these" ends, where that is not key + 00; null where it is. */
  end?(parts: Parts): Uint8Array | null;
}

/** A Comparator of the definition: bounds the length before anything is read, and turns refusals into Undecidable. */
export function defineComparator<Parts extends object>(definition: SchemeDefinition<Parts>): Comparator {
  const { scheme, rules } = definition;

  const read = (text: string): Parts | Refused => {
    if (text.length > maxVersionLength) return { refused: `longer than ${maxVersionLength} characters` };
    if (text.length === 0) return { refused: 'an empty text is no version' };
    return definition.read(text);
  };
  const keyOf = (parts: Parts) => written((key) => definition.write(parts, key));
  const startOf = (parts: Parts) => definition.start?.(parts) ?? keyOf(parts);
  const endOf = (parts: Parts) => definition.end?.(parts) ?? successor(keyOf(parts));

  const through = (text: string, make: (parts: Parts) => Uint8Array): Uint8Array | Undecidable => {
    const parts = read(text);
    return isRefused(parts) ? undecidable(scheme, text, parts) : make(parts);
  };

  return {
    scheme,
    rules,
    parse(text): ParsedVersion | Undecidable {
      const key = through(text, keyOf);
      return key instanceof Uint8Array ? { kind: 'version', text, key } : key;
    },
    compare(a, b) {
      const left = read(a);
      if (isRefused(left)) return undecidable(scheme, a, left);
      const right = read(b);
      if (isRefused(right)) return undecidable(scheme, b, right);
      return definition.order(left, right);
    },
    key: (text) => through(text, keyOf),
    start: (text) => through(text, startOf),
    end: (text) => through(text, endOf),
  };
}

/** The bytes that `write` writes. */
export function written(write: (key: KeyWriter) => void): Uint8Array {
  const key = new KeyWriter();
  write(key);
  return key.bytes();
}

/** The least byte string above `key`: exact, because no key is a proper prefix of another. */
export function successor(key: Uint8Array): Uint8Array {
  return append(key, 0x00);
}

/** Above every key that begins with `prefix` and below every other key that is above them: no token begins with ff. */
export function abovePrefix(prefix: Uint8Array): Uint8Array {
  return append(prefix, 0xff);
}

function append(bytes: Uint8Array, last: number): Uint8Array {
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  longer[bytes.length] = last;
  return longer;
}

function isRefused(parts: object): parts is Refused {
  return 'refused' in parts;
}

function undecidable(scheme: string, text: string, { refused }: Refused): Undecidable {
  return { kind: 'undecidable', text, reason: `not a ${scheme} version: ${refused}` };
}
