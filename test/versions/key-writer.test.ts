import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDigits } from '#versions/digits.ts';
import { compareBytes } from '#versions/interval.ts';
import { KeyWriter } from '#versions/key-writer.ts';
import { seededRandom } from './seeded-random.ts';

const numberKey = (digits: string) => new KeyWriter().number(digits).bytes();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a number is written as the count of its digits and packed decimals', () => {
  assert.equal(hex(numberKey('0')), '10');
  assert.equal(hex(numberKey('')), '10');
  assert.equal(hex(numberKey('007')), '1107');
  assert.equal(hex(numberKey('12')), '1212');
  assert.equal(hex(numberKey('123')), '130123');
  assert.equal(hex(numberKey('20190101')), '1820190101');
});

test('a number of 112 digits and more has its count in two bytes', () => {
  assert.equal(hex(numberKey('9'.repeat(111))), `7f09${'99'.repeat(55)}`);
  assert.equal(hex(numberKey('1'.repeat(112))), `800070${'11'.repeat(56)}`);
  assert.equal(hex(numberKey('1'.repeat(256))), `800100${'11'.repeat(128)}`);
});

test('numbers of any size are in the same order as written and as compared', () => {
  const seed = 20_261_121;
  const random = seededRandom(seed);
  const runs = Array.from({ length: 400 }, () => {
    const length = random.pick([0, 1, 2, 3, 17, 110, 111, 112, 113, 255, 256]) + random.below(2);
    return Array.from({ length }, () => random.pick('0019')).join('');
  });
  for (const a of runs) {
    for (const b of runs) {
      const wanted = BigInt(a || '0') < BigInt(b || '0') ? -1 : BigInt(a || '0') > BigInt(b || '0') ? 1 : 0;
      assert.equal(Math.sign(compareDigits(a, b)), wanted, `${a} ${b} (seed ${seed})`);
      assert.equal(Math.sign(compareBytes(numberKey(a), numberKey(b))), wanted, `${a} ${b} by key (seed ${seed})`);
    }
  }
});

test('a text sorts before those it begins', () => {
  const texts = ['', 'a', 'a-', 'aa', 'ab', 'b'].map((text) => new KeyWriter().text(text).bytes());
  assert.deepEqual([...texts].sort(compareBytes), texts);
});
