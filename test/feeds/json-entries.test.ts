import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { type JsonEntriesLimits, jsonEntries } from '#feeds/json-entries.ts';
import { isFault } from '../support/is-fault.ts';

const usual: JsonEntriesLimits = { entryBytes: 10_000, keyBytes: 100, depth: 20 };

async function entries(text: string | Buffer, size = 7, limits = usual) {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: (readonly [string, unknown])[] = [];
  for await (const entry of jsonEntries(pieces(), 'a test', limits)) found.push(entry);
  return found;
}

const everyKind = {
  'a "quoted" key \\': { deep: [1, { more: '}]"\\' }], empty: {} },
  text: 'with \\ and " and } and , in it',
  list: [],
  number: -1.5e3,
  yes: true,
  nothing: null,
  'ключ 漢字 🚢': 'значение',
  '': 0,
};

test('the members of a JSON object are the same however its bytes are cut', async () => {
  for (const text of [
    JSON.stringify(everyKind),
    JSON.stringify(everyKind, null, 3),
    `﻿ ${JSON.stringify(everyKind)}\n\n`,
  ]) {
    for (const size of [1, 2, 3, 7, 64, 100_000]) {
      assert.deepEqual(await entries(text, size), Object.entries(everyKind), `cut by ${size}`);
    }
  }
  assert.deepEqual(await entries(' { } '), []);
});

test('a member called __proto__ is data and changes nothing', async () => {
  assert.deepEqual(await entries('{"__proto__": {"polluted": true}}'), [
    ['__proto__', JSON.parse('{"polluted": true}')],
  ]);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('the items of a huge list are given one after the other, other lists whole', async () => {
  const limits = { entryBytes: 30, keyBytes: 20, depth: 5, list: 'records' };
  const items = [{ a: [1, 2] }, 'text ] } ,', -1, null, [], ['records'], { records: [3] }];
  const text = JSON.stringify({ before: [1, 2], records: items, after: { records: [4] } });
  for (const size of [1, 2, 3, 7, 1000]) {
    assert.deepEqual(await entries(text, size, limits), [
      ['before', [1, 2]],
      ...items.map((item) => ['records', item]),
      ['after', { records: [4] }],
    ]);
  }
  assert.deepEqual(await entries('{"records": [ ], "x": 1}', 3, limits), [['x', 1]]);
  assert.deepEqual(await entries('{"records": 7}', 3, limits), [['records', 7]]);
});

test('a huge list that is cut off, or not a list of values, is refused', async () => {
  const limits = { entryBytes: 30, keyBytes: 20, depth: 5, list: 'records' };
  for (const text of [
    '{"records":[1',
    '{"records":[1,',
    '{"records":[1]',
    '{"records":[1,]}',
    '{"records":[1}',
    '{"records":[1}}',
    '{"records":[1 2]}',
    '{"a":1]',
  ]) {
    await assert.rejects(entries(text, 3, limits), isFault('feed/failed'), text);
  }
});

test('a member that upstream gives twice is given twice', async () => {
  assert.deepEqual(await entries('{"a": 1, "a": 2}'), [
    ['a', 1],
    ['a', 2],
  ]);
});

test('text that is not one whole JSON object is refused', async () => {
  const broken = [
    '',
    ' ',
    '[]',
    '1',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{"a":1 2}',
    '{"a":1}}',
    '{"a":1}{"b":2}',
    '{a:1}',
    '{"a":}',
    '{"a":tru}',
    '{"a":[1,]}',
    '{"a":"\u0001"}',
    '{"a":[1}',
    '{"a":"x',
    '{"a":{"b":1]}',
    "{'a':1}",
    '{"\\x":1}',
    '{"a"::1}',
    '<html></html>',
  ];
  for (const text of broken) {
    for (const size of [1, 1000]) {
      await assert.rejects(
        entries(text, size),
        (fault: unknown) => fault instanceof Fault && fault.code === 'feed/failed',
        text,
      );
    }
  }
});

test('members before the place where a text is cut off have been given', async () => {
  const found: string[] = [];
  async function* cut() {
    yield Buffer.from('{"a": 1, "b": {"c": 2}, "d": [');
  }
  await assert.rejects(async () => {
    for await (const [key] of jsonEntries(cut(), 'a test')) found.push(key);
  }, /cut off/);
  assert.deepEqual(found, ['a', 'b']);
});

test('a member, a key or a nesting beyond its limit is refused while it is read', async () => {
  await assert.rejects(entries(`{"a": "${'x'.repeat(20_000)}"}`), /over 10000 bytes/);
  await assert.rejects(entries(`{"a": ${'1'.repeat(20_000)}}`), /over 10000 bytes/);
  await assert.rejects(entries(`{"a": "${'x'.repeat(20_000)}"}`, 1_000_000), /over 10000 bytes/);
  await assert.rejects(entries(`{"${'k'.repeat(200)}": 1}`), /over 100 bytes/);
  await assert.rejects(entries(`{"a": ${'['.repeat(500_000)}`, 65_536), /nests deeper than 20/);
  await assert.rejects(entries(`{"a": ${'{"b":'.repeat(30)}`), /nests deeper than 20/);
  async function* endless() {
    yield Buffer.from('{"a": "');
    for (;;) yield Buffer.alloc(1000, 'x');
  }
  await assert.rejects(async () => {
    for await (const _ of jsonEntries(endless(), 'a test', { entryBytes: 100_000, keyBytes: 10, depth: 5 }));
  }, /over 100000 bytes/);
});

test('many members in one piece are given one by one', async () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`package-${at}`, { at }]));
  assert.deepEqual(await entries(JSON.stringify(many), 1 << 20), Object.entries(many));
});
