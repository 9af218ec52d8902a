import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { linkedVersions } from '#analysis/programs/go-linked-versions.ts';
import { openExecutables } from '#analysis/programs/open-executable.ts';
import {
  buildElf,
  buildMachO,
  buildPe,
  type BuiltSection,
  type Machine,
  machines,
} from '#test/support/executable-builder.ts';

const amd64 = machines['amd64']!;
const textAt = 0x401000;
const dataAt = 0x601000;
const peText = 0x401000;
const peData = 0x409000;

/** String variables as Go has them: address and length of each text, in the machine's words. */
function variables(machine: Machine, values: readonly (readonly [address: number, length: number])[]): Buffer {
  const word = machine.wide ? 8 : 4;
  const bytes = Buffer.alloc(values.length * 2 * word);
  for (const [index, value] of values.flat().entries()) {
    const low = index * word + (machine.wide && !machine.littleEndian ? 4 : 0);
    if (machine.littleEndian) bytes.writeUInt32LE(value, low);
    else bytes.writeUInt32BE(value, low);
  }
  return bytes;
}

const section = (name: string, address: number, bytes: Uint8Array, writable = false): BuiltSection => ({
  ...{ name, address, bytes, writable },
});

function versionsOf(file: Buffer): string[] {
  return openExecutables(memoryAccess(file)).flatMap((program) => [...linkedVersions(program)]);
}

/** A program with these read-only bytes and a variable for each text. */
function elf(machine: Machine, rodata: string, texts: readonly string[], stripped = false): Buffer {
  const values = texts.map((text) => [textAt + rodata.indexOf(text), text.length] as const);
  return buildElf(
    machine,
    [
      section('.rodata', textAt, Buffer.from(rodata, 'latin1')),
      section('.data', dataAt, variables(machine, values), true),
    ],
    stripped,
  );
}

test('what the linker wrote into a variable is found on every machine, with and without section names', () => {
  const rodata = 'go1.22.3\x00\x00abv1.15.3\x00ff';
  for (const machine of Object.values(machines)) {
    assert.deepEqual(versionsOf(elf(machine, rodata, ['v1.15.3'])), ['v1.15.3']);
    assert.deepEqual(versionsOf(elf(machine, rodata, ['v1.15.3'], true)), ['v1.15.3']);
  }
});

test('Windows and macOS programs have it as well', () => {
  const rodata = Buffer.from('..1.15.3\x00');
  const pe = buildPe(true, [
    section('.rdata', peText, rodata),
    section('.data', peData, variables(amd64, [[peText + 2, 6]]), true),
  ]);
  assert.deepEqual(versionsOf(pe), ['1.15.3']);
  const machO = buildMachO(amd64, [
    section('__rodata', textAt, rodata),
    section('__data', dataAt, variables(amd64, [[textAt + 2, 6]]), true),
  ]);
  assert.deepEqual(versionsOf(machO), ['1.15.3']);
});

test('an embedded file of one line is a version though constants before it end in digits', () => {
  assert.deepEqual(versionsOf(elf(amd64, 'rdrandsha5121.15.3\nfloat32', ['1.15.3\n'])), ['1.15.3']);
});

test('versions that no variable points to, or with another length, or that nothing ends, are none', () => {
  assert.deepEqual(versionsOf(elf(amd64, '1.15.3\x00', [])), []);
  assert.deepEqual(versionsOf(elf(amd64, '1.15.3\x00', ['1.15'])), []);
  assert.deepEqual(versionsOf(elf(amd64, '1.15.3float', ['1.15.3'])), []);
});

test('a version across two windows of the read-only bytes is found', () => {
  for (const at of [1024 * 1024 - 9, 1024 * 1024 - 4, 1024 * 1024 - 1, 1024 * 1024]) {
    const rodata = `${'x'.repeat(at)}release-12.3.1+security-01\x00`;
    assert.deepEqual(versionsOf(elf(amd64, rodata, ['release-12.3.1+security-01'])), ['release-12.3.1+security-01']);
  }
});

test('headers that promise more than the file holds, and millions of candidates, are survived', () => {
  const file = elf(amd64, `${'1.2.3\n'.repeat(300_000)}9.9.9\x00`, ['9.9.9']);
  assert.deepEqual(versionsOf(file), []);
  for (let cut = 64; cut < 700; cut += 7)
    assert.ok(versionsOf(elf(amd64, '..1.15.3\x00', ['1.15.3']).subarray(0, cut)));
});
