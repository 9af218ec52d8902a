import type { Lots } from '../bench/matching/lots.ts';

/** No input is made longer than this, so that what takes long takes long of little. */
const longest = 4 * 1024 * 1024;

/**
 * A copy of some bytes with one to six things wrong. `others` are spliced in. The same lots make the same copy, so a seed,
 * a target and a number are enough to make an input again.
 */
export function mutate(bytes: Uint8Array, others: readonly Uint8Array[], { below }: Lots): Buffer {
  let copy: Buffer = Buffer.from(bytes);
  for (let wrongs = 1 + below(6); wrongs > 0; wrongs--) {
    const made = changes[below(changes.length)]!(copy, others, below);
    if (made.length <= longest) copy = made;
  }
  return copy;
}

type Below = Lots['below'];

/** What can be wrong, the usual several times. */
const changes: readonly ((copy: Buffer, others: readonly Uint8Array[], below: Below) => Buffer)[] = [
  turnBit,
  turnBit,
  turnBit,
  putExtreme,
  putExtreme,
  putExtreme,
  putDigits,
  putDigits,
  moveOver,
  cutOut,
  cutEnd,
  doubled,
  repeated,
  token,
  token,
  nested,
  splice,
  splice,
  swapLines,
];

function turnBit(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  if (copy.length > 0) copy[below(copy.length)]! ^= 1 << below(8);
  return copy;
}

const extremes = [
  ...['00', 'ff', '7f', '80', '0000', 'ffff', 'ff7f', '7fff', '0080', '8000', '00000000', 'ffffffff', 'ffffff7f'],
  ...['7fffffff', '00000080', '80000000', '00000001', '01000000', 'ffffffffffffffff', '0000000000000080'],
  ...['8000000000000000', '7fffffffffffffff', 'ffffffffffffff7f', 'ffffffffffffffffff01', '0000000000002000'],
].map((hex) => Buffer.from(hex, 'hex'));

/** Lengths and offsets, whatever their size and byte order. */
function putExtreme(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const extreme = extremes[below(extremes.length)]!;
  if (copy.length >= extreme.length) copy.set(extreme, below(copy.length - extreme.length + 1));
  return copy;
}

const numbers = [
  '-1',
  '0',
  '99999999999999999999',
  '4294967296',
  '2147483648',
  '1e999',
  '0x7fffffff',
  'NaN',
  '07777777',
];

/** A number that is written out becomes another. */
function putDigits(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const start = below(copy.length);
  for (let at = start; at < Math.min(copy.length, start + 4096); at++) {
    if (!isDigit(copy[at]!)) continue;
    let end = at;
    while (end < copy.length && isDigit(copy[end]!)) end += 1;
    return Buffer.concat([copy.subarray(0, at), Buffer.from(numbers[below(numbers.length)]!), copy.subarray(end)]);
  }
  return copy;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function moveOver(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  copy.copyWithin(below(copy.length), below(copy.length), below(copy.length));
  return copy;
}

function cutOut(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const at = below(copy.length);
  return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + below(below(copy.length) + 1))]);
}

function cutEnd(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  return copy.subarray(0, below(copy.length));
}

/** A piece stands there twice. */
function doubled(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const at = below(copy.length);
  const end = at + 1 + below(copy.length - at);
  return Buffer.concat([copy.subarray(0, end), copy.subarray(at)]);
}

/** A short piece stands there again and again, seldom up to a megabyte: what takes time with the square of it is seen. */
function repeated(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const at = below(copy.length);
  const piece = copy.subarray(at, at + 1 + below(below(4) === 0 ? 4096 : 24));
  if (piece.length === 0) return copy;
  const most = below(20) === 0 ? 1024 * 1024 : 2000;
  const many = Buffer.alloc(below(most) + 1, piece);
  return Buffer.concat([copy.subarray(0, at), many, copy.subarray(at)]);
}

const tokens = [
  ...['"', "'", '\\', '\\u0000', '\\ud800', '\u0000', '\r', '\r\n', '\n', '\n\n', '\t', '\ufeff', ' ', ':', '=', ','],
  ...['{', '}', '[', ']', '(', ')', '<', '>', '/', '../', '//', '#', '@', '%00', '%', '&', '*', '!', '|', '-', '...'],
  ...['__proto__', 'constructor', 'toString', '"__proto__":{}', 'null', 'true', 'undefined', '${x', '$(x)', '<!--'],
  ...['<![CDATA[', ']]>', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', '&#0;', '&#x110000;', '&a [*a, *a]', '*a', '<<: *a'],
  ...['!!js/function', '---\n', '\u2028', '\u{1f40b}', '\ud83d', 'a:1:{s:9999999:"x";}', 'O:1:"a":0:{}', 'i:1e99;'],
  ...[
    'PK\x01\x02',
    'PK\x03\x04',
    'PK\x05\x06',
    'PK\x06\x06',
    'SQLite format 3\0',
    '\x7fELF',
    'MZ',
    'PE\0\0',
    'Go buildinf:',
  ],
].map((text) => Buffer.from(text));
const invalid = ['ff', 'c0af', 'eda080', 'f5808080', '80', 'fffe', '1f8b08', '28b52ffd', '789c'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
const dictionary = [...tokens, ...invalid];

/** Something that means something in some format. */
function token(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const at = below(copy.length + 1);
  const over = below(3) === 0 ? below(8) : 0;
  return Buffer.concat([copy.subarray(0, at), dictionary[below(dictionary.length)]!, copy.subarray(at + over)]);
}

const openings = [
  '[',
  '{"a":',
  '(',
  '<a>',
  '{',
  '- ',
  '  a:\n',
  'a:1:{i:0;',
  '[{',
  '"',
  '((',
  '%{',
  '#{',
  '!(',
  '{[',
  ' || (',
];

/** Nesting without end. */
function nested(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const at = below(copy.length + 1);
  const opening = openings[below(openings.length)]!.repeat(below(below(8) === 0 ? 100_000 : 500) + 1);
  return Buffer.concat([copy.subarray(0, at), Buffer.from(opening), copy.subarray(at)]);
}

/** A piece of another input. */
function splice(copy: Buffer, others: readonly Uint8Array[], below: Below): Buffer {
  const other = others[below(others.length)];
  if (other === undefined) return copy;
  const from = below(other.length);
  const piece = other.subarray(from, from + 1 + below(Math.min(other.length - from, 1 << below(16))));
  const at = below(copy.length + 1);
  return Buffer.concat([copy.subarray(0, at), piece, copy.subarray(at + (below(2) === 0 ? piece.length : 0))]);
}

function swapLines(copy: Buffer, _: readonly Uint8Array[], below: Below): Buffer {
  const one = copy.indexOf(10, below(copy.length)) + 1;
  const two = copy.indexOf(10, one) + 1;
  const three = copy.indexOf(10, two) + 1;
  if (one === 0 || two === 0 || three === 0) return copy;
  return Buffer.concat([
    copy.subarray(0, one),
    copy.subarray(two, three),
    copy.subarray(one, two),
    copy.subarray(three),
  ]);
}
