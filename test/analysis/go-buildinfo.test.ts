import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RandomAccess } from '#analysis/analyzer.ts';
import { type GoBuildInfo, readGoBuildInfo } from '#analysis/programs/go-buildinfo.ts';
import { openExecutables } from '#analysis/programs/open-executable.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { Fault } from '#core/fault.ts';
import { damagedCopies } from '#test/support/damaged-copies.ts';
import {
  type BuiltSection,
  buildElf,
  buildFatMachO,
  buildMachO,
  buildPe,
  goInlineInfo,
  goPointerInfo,
  machines,
} from '#test/support/executable-builder.ts';

const modules = 'path\texample.org/é\nmod\texample.org/é\tv1.2.3\t\ndep\texample.org/b\tv0.1.0\th1:x=\n';
const expected: GoBuildInfo = { goVersion: 'go1.20.4', modules };
const inline = goInlineInfo('go1.20.4', modules);
const address = 0x500000;

const text: BuiltSection = { name: '.text', address: 0x480000, bytes: Buffer.alloc(64, 0x90) };
const data = (bytes: Uint8Array, name: string): BuiltSection => ({ name, address, bytes, writable: true });

function infoOf(file: Uint8Array): GoBuildInfo | null {
  for (const program of openExecutables(memoryAccess(file))) {
    const info = readGoBuildInfo(program);
    if (info !== null) return info;
  }
  return null;
}

for (const [name, machine] of Object.entries(machines)) {
  test(`build information is read from ELF and Mach-O programs for ${name}, in both layouts, stripped or not`, () => {
    for (const bytes of [inline, goPointerInfo(machine, address, 'go1.20.4', modules)]) {
      assert.deepEqual(infoOf(buildElf(machine, [text, data(bytes, '.go.buildinfo')])), expected);
      assert.deepEqual(infoOf(buildElf(machine, [text, data(bytes, '.data')])), expected);
      assert.deepEqual(infoOf(buildElf(machine, [text, data(bytes, '.go.buildinfo')], true)), expected);
      assert.deepEqual(infoOf(buildMachO(machine, [text, data(bytes, '__go_buildinfo')])), expected);
      assert.deepEqual(infoOf(buildMachO(machine, [text, data(bytes, '__data')])), expected);
    }
  });
}

test('build information is read from PE programs of 32 and 64 bits, in both layouts', () => {
  for (const machine of [machines['amd64']!, machines['386']!]) {
    for (const bytes of [inline, goPointerInfo(machine, address, 'go1.20.4', modules)]) {
      assert.deepEqual(infoOf(buildPe(machine.wide, [text, data(bytes, '.data')])), expected);
    }
  }
});

test('each machine of a fat Mach-O file is read', () => {
  const slices = ['amd64', 'mips'].map((name) => buildMachO(machines[name]!, [text, data(inline, '__go_buildinfo')]));
  const programs = openExecutables(memoryAccess(buildFatMachO(slices)));
  assert.deepEqual(programs.map(readGoBuildInfo), [expected, expected]);
});

test('build information further in, behind bytes that only look like it, is found where nothing is named', () => {
  const before = Buffer.alloc(3 * 1024 * 1024 + 16);
  before.write('\xff Go buildinf:', 8, 'latin1');
  before.write('\xff Go buildinf:', 1024, 'latin1');
  const bytes = Buffer.concat([before, inline]);
  assert.deepEqual(infoOf(buildElf(machines['amd64']!, [data(bytes, '.data')])), expected);
  const across = Buffer.concat([Buffer.alloc(1024 * 1024), inline]);
  assert.deepEqual(infoOf(buildElf(machines['amd64']!, [data(across, '.data')])), expected);
});

test('a program without modules has its Go version only', () => {
  const amd64 = machines['amd64']!;
  for (const bytes of [goInlineInfo('go1.13.15', ''), goPointerInfo(amd64, address, 'go1.13.15', '')]) {
    assert.deepEqual(infoOf(buildElf(amd64, [data(bytes, '.go.buildinfo')])), { goVersion: 'go1.13.15', modules: '' });
  }
});

test('a program that is not Go has none', () => {
  assert.equal(infoOf(buildElf(machines['amd64']!, [text, data(Buffer.alloc(4096), '.data')])), null);
  assert.equal(infoOf(buildPe(true, [text])), null);
  for (const bytes of [
    '',
    '#!/bin/sh\n',
    '\x7fELF',
    'MZ',
    '\xca\xfe\xba\xbe\0\0\0\x34',
    '\xca\xfe\xba\xbe\0\0\0\x02',
    '\xcf\xfa\xed\xfe',
  ]) {
    assert.equal(
      infoOf(Buffer.from(bytes.padEnd(bytes.length < 5 ? 0 : 64, '\0'), 'latin1')),
      null,
      JSON.stringify(bytes),
    );
  }
});

test('damaged build information of a Go program is told', () => {
  const amd64 = machines['amd64']!;
  const pointers = goPointerInfo(amd64, address, 'go1.17', modules);
  const nowhere = Buffer.from(pointers);
  nowhere.writeBigUInt64LE(0xdead_beefn, 16);
  const odd = Buffer.from(pointers);
  odd[14] = 3;
  for (const [bytes, problem] of [
    [inline.subarray(0, 20), /cut off/],
    [inline.subarray(0, 50), /cut off/],
    [goInlineInfo('python3', modules), /names no version of Go/],
    [goInlineInfo('go1.20\n', modules), /names no version of Go/],
    [Buffer.concat([inline.subarray(0, 32), Buffer.alloc(10, 0xff)]), /length/],
    [nowhere, /leads nowhere/],
    [odd, /pointers of 3 bytes/],
    [Buffer.alloc(64), /does not hold it/],
  ] as const) {
    const file = buildElf(amd64, [text, data(bytes, '.go.buildinfo')]);
    assert.throws(
      () => infoOf(file),
      (thrown) => thrown instanceof Fault && problem.test(thrown.message),
      String(problem),
    );
  }
});

test('files with anything wrong in them are read or refused, never more', () => {
  const amd64 = machines['amd64']!;
  const mips = machines['mips']!;
  const files = [
    buildElf(amd64, [text, data(inline, '.go.buildinfo')]),
    buildElf(mips, [text, data(goPointerInfo(mips, address, 'go1.15', modules), '.data')]),
    buildPe(true, [text, data(inline, '.data')]),
    buildMachO(amd64, [text, data(inline, '__go_buildinfo')]),
    buildFatMachO([buildMachO(mips, [data(inline, '__go_buildinfo')])]).subarray(0, 4096 + 600),
  ];
  for (const [seed, file] of files.entries()) {
    for (const copy of damagedCopies(file, seed + 1, 5000)) {
      try {
        infoOf(copy);
      } catch (thrown) {
        assert.ok(thrown instanceof Fault, `seed ${seed + 1}: ${(thrown as Error).stack}`);
      }
    }
  }
});

test('headers that promise everything cost little reading', () => {
  const head = buildElf(
    machines['amd64']!,
    Array.from({ length: 1000 }, () => data(Buffer.alloc(16), '.data')),
    true,
  );
  for (let index = 0; index < 1000; index++) head.writeBigUInt64LE(1n << 40n, 64 + 56 * index + 32);
  let readBytes = 0;
  const pattern = Buffer.alloc(
    1024 * 1024,
    Buffer.concat([Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'), Buffer.alloc(16, 0)]),
  );
  const huge: RandomAccess = {
    size: 1024 ** 4,
    read: (offset, length) => {
      readBytes += length;
      return offset < head.length
        ? head.subarray(offset, offset + length)
        : pattern.subarray(0, Math.min(length, pattern.length));
    },
    all: () => assert.fail('a program is never read whole'),
  };
  for (const program of openExecutables(huge)) {
    assert.ok(program.segments.length > 0);
    try {
      readGoBuildInfo(program);
    } catch (thrown) {
      assert.ok(thrown instanceof Fault);
    }
  }
  assert.ok(readBytes < 64 * 1024 * 1024, `${readBytes} bytes`);
});
