import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { fuzzRun, inputOf } from '../../fuzz/fuzz-run.ts';
import type { FuzzTarget } from '../../fuzz/fuzz-target.ts';
import { openTargets } from '../../fuzz/targets.ts';

const seed = { path: 'a', mode: 0o644, bytes: Buffer.from('name: hull\nversion: 1.0\n'), case: 'made' };

test('the same seed and number make the same input, others make others', () => {
  const made = (number: number, input: number) =>
    Buffer.from(inputOf([seed], [seed.bytes], number, input).bytes).toString('latin1');
  assert.equal(made(1, 0), seed.bytes.toString('latin1'));
  const inputs = Array.from({ length: 200 }, (_, input) => made(7, input + 1));
  assert.deepEqual(
    inputs,
    Array.from({ length: 200 }, (_, input) => made(7, input + 1)),
  );
  assert.ok(new Set(inputs).size > 190);
  assert.notDeepEqual(
    inputs,
    Array.from({ length: 200 }, (_, input) => made(8, input + 1)),
  );
});

test('a parser that throws anything but a fault is found, with the number of the input', async () => {
  const target: FuzzTarget = {
    name: 'fragile',
    seeds: () => [seed],
    run: (_, bytes) => {
      if (!Buffer.from(bytes).includes('name')) throw new TypeError('no name');
      throw new Fault('input/invalid', 'a good answer');
    },
  };
  const { next, finding } = await fuzzRun(target, { seed: 3, from: 0, goOn: (input) => input < 10_000 });
  assert.equal(finding?.input, next - 1);
  assert.match(finding!.what, /TypeError: no name/);
  const again = await fuzzRun(target, { seed: 3, from: finding!.input, goOn: () => true });
  assert.equal(again.finding?.input, finding!.input);
});

test('every parser takes some damaged copies of its seeds', async () => {
  for (const target of await openTargets({ images: false })) {
    const from = target.seeds().length;
    const { finding } = await fuzzRun(target, { seed: 20261122, from, goOn: (input) => input < from + 8 });
    // CPU is that of the whole test process: only what is thrown is looked at here.
    if (finding !== null)
      assert.match(finding.what, /^took /, `${target.name}, input ${finding.input}: ${finding.what}`);
  }
});
