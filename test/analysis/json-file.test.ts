import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { readJsonFile } from '#analysis/texts/json-file.ts';
import { isFault } from '#test/support/is-fault.ts';

const read = (text: string, limit = 100_000_000) => readJsonFile(memoryAccess(Buffer.from(text)), limit);

test('an object is read with and without a byte order mark, anything else refused', () => {
  assert.deepEqual(read('\ufeff{"a":[1]}'), { a: [1] });
  assert.throws(() => read('[1]'), isFault('input/invalid', /no object/));
  assert.throws(() => read('{'), isFault('input/invalid', /not JSON/));
  assert.throws(() => read('{"a":1}', 6), isFault('input/too-large', /is 7 bytes; JSON is read up to 6/));
});

test('a large text is read, a large number of values is not', () => {
  assert.equal(read(`{"a":"${'x'.repeat(10_000_000)}"}`)['a']?.toString().length, 10_000_000);
  for (const many of ['[],', '{},', '1,', '[[[', '"a":'])
    assert.throws(
      () => read(`{"a":[${many.repeat(3_000_001)}`),
      isFault('input/too-large', /more than 3000000 values/),
      many,
    );
  assert.equal((read(`{"a":[${'1,'.repeat(2_999_990)}1]}`)['a'] as unknown[]).length, 2_999_991);
});
