/** A part of a program: `bytes` loaded at `address`. */
export interface BuiltSection {
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly writable?: boolean;
}

export interface Machine {
  readonly wide: boolean;
  readonly littleEndian: boolean;
}

export const machines: Readonly<Record<string, Machine>> = {
  amd64: { wide: true, littleEndian: true },
  s390x: { wide: true, littleEndian: false },
  '386': { wide: false, littleEndian: true },
  mips: { wide: false, littleEndian: false },
};

/** A minimal ELF program: a PT_LOAD segment a section; `stripped` leaves the section headers out. */
export function buildElf(machine: Machine, sections: readonly BuiltSection[], stripped = false): Buffer {
  const { wide } = machine;
  const [head, ph, sh] = wide ? [64, 56, 64] : [52, 32, 40];
  const names = Buffer.from(`\0${sections.map(({ name }) => `${name}\0`).join('')}.shstrtab\0`, 'latin1');
  const offsets: number[] = [];
  let end = align(head + ph * sections.length, 16);
  for (const { bytes } of sections) {
    offsets.push(end);
    end = align(end + bytes.length, 16);
  }
  const namesAt = end;
  const tableAt = align(namesAt + names.length, 16);
  const count = sections.length + 2;
  const file = Buffer.alloc(stripped ? namesAt : tableAt + sh * count);
  const put = writer(file, machine);
  put.bytes(0, Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, machine.littleEndian ? 1 : 2, 1]));
  put.u16(16, 2);
  put.word(wide ? 32 : 28, head);
  put.word(wide ? 40 : 32, stripped ? 0 : tableAt);
  const counts = wide ? 54 : 42;
  for (const [index, value] of [ph, sections.length, sh, stripped ? 0 : count, stripped ? 0 : count - 1].entries()) {
    put.u16(counts + 2 * index, value);
  }
  for (const [index, section] of sections.entries()) {
    const at = head + ph * index;
    const flags = section.writable ? 6 : 5;
    const size = section.bytes.length;
    put.u32(at, 1);
    put.u32(at + (wide ? 4 : 24), flags);
    put.word(at + (wide ? 8 : 4), offsets[index]!);
    put.word(at + (wide ? 16 : 8), section.address);
    put.word(at + (wide ? 32 : 16), size);
    put.word(at + (wide ? 40 : 20), size);
    put.bytes(offsets[index]!, section.bytes);
  }
  if (stripped) return file;
  put.bytes(namesAt, names);
  const all = [...sections, { name: '.shstrtab', address: 0, bytes: names, writable: false }];
  for (const [index, section] of all.entries()) {
    const at = tableAt + sh * (index + 1);
    put.u32(at, names.indexOf(`\0${section.name}\0`, 0, 'latin1') + 1);
    put.u32(at + 4, index === sections.length ? 3 : 1);
    put.word(at + 8, section.writable ? 3 : 2);
    put.word(at + (wide ? 16 : 12), section.address);
    put.word(at + (wide ? 24 : 16), offsets[index] ?? namesAt);
    put.word(at + (wide ? 32 : 20), section.bytes.length);
  }
  return file;
}

export const peBase = 0x400000;

/** A minimal PE32 or PE32+ program; addresses are virtual, from {@link peBase} on. */
export function buildPe(wide: boolean, sections: readonly BuiltSection[]): Buffer {
  const peAt = 0x80;
  const optional = wide ? 240 : 224;
  const tableAt = peAt + 24 + optional;
  let end = align(tableAt + 40 * sections.length, 512);
  const offsets = sections.map(({ bytes }) => {
    const at = end;
    end = align(end + bytes.length, 512);
    return at;
  });
  const file = Buffer.alloc(end);
  const put = writer(file, { wide, littleEndian: true });
  put.bytes(0, Buffer.from('MZ'));
  put.u32(0x3c, peAt);
  put.bytes(peAt, Buffer.from('PE\0\0'));
  put.u16(peAt + 6, sections.length);
  put.u16(peAt + 20, optional);
  put.u16(peAt + 24, wide ? 0x20b : 0x10b);
  put.word(peAt + 24 + (wide ? 24 : 28), peBase);
  for (const [index, section] of sections.entries()) {
    const at = tableAt + 40 * index;
    put.bytes(at, Buffer.from(section.name));
    put.u32(at + 8, section.bytes.length);
    put.u32(at + 12, section.address - peBase);
    put.u32(at + 16, align(section.bytes.length, 512));
    put.u32(at + 20, offsets[index]!);
    put.u32(at + 36, section.writable ? 0xc0000040 : 0x60000020);
    put.bytes(offsets[index]!, section.bytes);
  }
  return file;
}

/** A minimal Mach-O program: a segment with one section each. */
export function buildMachO(machine: Machine, sections: readonly BuiltSection[]): Buffer {
  const { wide } = machine;
  const [head, segment, entry] = wide ? [32, 72, 80] : [28, 56, 68];
  const command = segment + entry;
  let end = align(head + command * sections.length, 16);
  const offsets = sections.map(({ bytes }) => {
    const at = end;
    end = align(end + bytes.length, 16);
    return at;
  });
  const file = Buffer.alloc(end);
  const put = writer(file, machine);
  put.u32(0, wide ? 0xfeedfacf : 0xfeedface);
  put.u32(16, sections.length);
  put.u32(20, command * sections.length);
  for (const [index, { name, address, bytes, writable }] of sections.entries()) {
    const at = head + command * index;
    put.u32(at, wide ? 0x19 : 1);
    put.u32(at + 4, command);
    put.bytes(at + 8, Buffer.from(writable ? '__DATA' : '__TEXT'));
    const words = wide ? 8 : 4;
    for (const [field, value] of [address, bytes.length, offsets[index]!, bytes.length].entries()) {
      put.word(at + 24 + words * field, value);
    }
    put.u32(at + 24 + 4 * words + 4, writable ? 3 : 5);
    put.u32(at + segment - 8, 1);
    put.bytes(at + segment, Buffer.from(name));
    put.word(at + segment + 32, address);
    put.word(at + segment + 32 + words, bytes.length);
    put.u32(at + segment + 32 + 2 * words, offsets[index]!);
    put.bytes(offsets[index]!, bytes);
  }
  return file;
}

/** A fat Mach-O file of thin ones. */
export function buildFatMachO(slices: readonly Buffer[]): Buffer {
  let end = 4096;
  const offsets = slices.map((slice) => {
    const at = end;
    end = align(end + slice.length, 4096);
    return at;
  });
  const file = Buffer.alloc(end);
  file.writeUInt32BE(0xcafebabe, 0);
  file.writeUInt32BE(slices.length, 4);
  for (const [index, slice] of slices.entries()) {
    file.writeUInt32BE(offsets[index]!, 8 + 20 * index + 8);
    file.writeUInt32BE(slice.length, 8 + 20 * index + 12);
    slice.copy(file, offsets[index]!);
  }
  return file;
}

/** Go's build information as Go 1.18 and later write it: strings in line. */
export function goInlineInfo(goVersion: string, modules: string): Buffer {
  return Buffer.concat([
    infoHeader(8, 2),
    ...[Buffer.from(goVersion), wrapped(modules)].flatMap((text) => [varint(text.length), text]),
  ]);
}

/** The same as Go 1.13 to 1.17 write it, at `address`: pointers to strings that stand behind it. */
export function goPointerInfo(machine: Machine, address: number, goVersion: string, modules: string): Buffer {
  const size = machine.wide ? 8 : 4;
  const texts = [Buffer.from(goVersion), wrapped(modules)];
  const textsAt = 32 + 4 * size;
  const file = Buffer.alloc(textsAt + texts[0]!.length + texts[1]!.length);
  const put = writer(file, machine);
  put.bytes(0, infoHeader(size, machine.littleEndian ? 0 : 1));
  let at = textsAt;
  for (const [index, text] of texts.entries()) {
    const stringAt = 32 + 2 * size * index;
    put.word(16 + size * index, address + stringAt);
    put.word(stringAt, address + at);
    put.word(stringAt + size, text.length);
    put.bytes(at, text);
    at += text.length;
  }
  return file;
}

function infoHeader(pointerSize: number, flags: number): Buffer {
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[14] = pointerSize;
  header[15] = flags;
  return header;
}

/** Between sentinels of 16 bytes, empty when there are no modules. */
function wrapped(modules: string): Buffer {
  return modules === ''
    ? Buffer.alloc(0)
    : Buffer.concat([Buffer.alloc(16, 0xf0), Buffer.from(modules), Buffer.alloc(16, 0xf1)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

const align = (value: number, to: number) => Math.ceil(value / to) * to;

function writer(file: Buffer, { wide, littleEndian }: Machine) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return {
    u16: (at: number, value: number) => view.setUint16(at, value, littleEndian),
    u32: (at: number, value: number) => view.setUint32(at, value, littleEndian),
    /** 8 bytes on a wide machine, 4 on another. */
    word: (at: number, value: number) =>
      wide ? view.setBigUint64(at, BigInt(value), littleEndian) : view.setUint32(at, value, littleEndian),
    bytes: (at: number, bytes: Uint8Array) => file.set(bytes, at),
  };
}
