import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvObjects, csvRows } from '#platform/aws/csv-objects.ts';
import { longestStagedText } from '#platform/staging.ts';
import { isFault } from '#test/support/is-fault.ts';

const load = { load: 'l', stagedAt: 7 };

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}

test('a text is a row in quotes, in which only quotes are doubled', async () => {
  const rows = await all(csvRows(each(['{"a":"\\"b\\\\"}', 'é\r\n,']), load));
  assert.deepEqual(rows.map(String), ['l,0,"{""a"":""\\""b\\\\""}",7\n', 'l,1,"é\r\n,",7\n']);
});

test('a text that PostgreSQL would not give back is refused', async () => {
  const rows = (text: string) => all(csvRows(each(['[]', text]), load));
  await assert.rejects(rows('a\0'), isFault('input/invalid', /Chunk 1 .*NUL/));
  await assert.rejects(rows('\ud83d"'), isFault('input/invalid', /surrogate/));
  for (const text of ['\\.', 'a\n\\.\nb', 'a\n\\.\r\nb'])
    await assert.rejects(rows(text), isFault('input/invalid', /COPY/));
  await assert.rejects(rows('é'.repeat(longestStagedText / 2 + 1)), isFault('input/too-large', /16777216/));
  assert.equal((await rows('a\\.\n\\..\n \\.')).length, 2, 'what is more than the two characters is none');
});

test('rows are parted into objects that do not pass the limit, unless one row does', async () => {
  const parted = async (sizes: readonly number[]) => {
    const objects: number[][] = [];
    const rows = each(sizes.map((size) => Buffer.alloc(size)));
    for await (const object of csvObjects(rows, 10)) objects.push((await all(object)).map(({ length }) => length));
    return objects;
  };
  assert.deepEqual(await parted([]), []);
  assert.deepEqual(await parted([5, 5, 1, 10, 11, 3]), [[5, 5], [1], [10], [11], [3]]);
  assert.deepEqual(await parted([40]), [[40]]);
});

test('rows are taken as objects are read, and let go of with them', async () => {
  let taken = 0;
  let ended = false;
  async function* rows() {
    try {
      for (; ; taken++) yield Buffer.alloc(5);
    } finally {
      ended = true;
    }
  }
  for await (const object of csvObjects(rows(), 10)) {
    for await (const row of object) assert.equal(row.length, 5);
    break;
  }
  assert.ok(ended);
  assert.equal(taken, 2, 'one row more than the object has');
});
