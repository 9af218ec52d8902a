import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, faults } from '#core/fault.ts';
import { faultResponse, json } from '#functions/api/answer.ts';
import type { ApiResponse } from '#functions/api/route.ts';
import { jsonList } from '#functions/api/json-list.ts';
import { errorAnswer } from '#schema/api/system.ts';
import { fits } from '#test/support/fits.ts';

async function textOf(body: ApiResponse['body']): Promise<string> {
  return typeof body === 'string' ? body : (await Array.fromAsync(body)).join('');
}

test('every fault is the error body of the contract with its status, but for a missing sign-in', () => {
  for (const code of Object.keys(faults) as (keyof typeof faults)[]) {
    const { status, body } = faultResponse(new Fault(code, 'what was attempted', { detail: { digest: 'x' } }));
    assert.equal(status, faults[code].status);
    if (code === 'auth/required') assert.equal(body, 'Unauthorized');
    else assert.equal(fits(errorAnswer, JSON.parse(String(body))).httpcode, status);
  }
});

test('what a defect says stays in the log', () => {
  for (const code of [
    'internal/failed',
    'sql/failed',
    'sql/refused',
    'sql/unavailable',
    'sql/result-too-large',
  ] as const) {
    const { body } = faultResponse(new Fault(code, 'select secret', { detail: { statement: 'select secret' } }));
    assert.ok(!String(body).includes('secret'), code);
  }
});

test('a fault that may pass says when to come again', () => {
  assert.equal(faultResponse(new Fault('sql/unavailable', 'x')).headers['retry-after'], '5');
  const throttled = new Fault('auth/throttled', 'x', { detail: { retry_after: 64 } });
  assert.equal(faultResponse(throttled).headers['retry-after'], '64');
  assert.equal(faultResponse(new Fault('network/offline', 'x')).headers['retry-after'], undefined);
});

test('a long list is the same JSON in pieces', async () => {
  const items = Array.from({ length: 20_000 }, (_, at) => ({ at, name: `file "${at}"` }));
  async function* all() {
    yield* items;
  }
  const { body } = await json(200, jsonList('{"a":1,"content":[', all(), ']}'));
  assert.notEqual(typeof body, 'string');
  assert.deepEqual(JSON.parse(await textOf(body)), { a: 1, content: items });
  const empty = await json(200, jsonList('[', (async function* () {})(), ']'));
  assert.equal(await textOf(empty.body), '[]');
});

test('a list that fails before its first piece is an error, one that is left early is closed', async () => {
  let closed = 0;
  async function* items(good: number) {
    try {
      for (let at = 0; at < good; at++) yield 'x'.repeat(70_000);
      throw new Fault('data/corrupt', 'a report is not stored');
    } finally {
      closed++;
    }
  }
  await assert.rejects(json(200, jsonList('[', items(0), ']')), { code: 'data/corrupt' });
  const { body } = await json(200, jsonList('[', items(3), ']'));
  for await (const piece of body as AsyncIterable<string>) {
    assert.ok(piece.startsWith('['));
    break;
  }
  assert.equal(closed, 2);
  const unread = (await json(200, jsonList('[', items(3), ']'))).body as AsyncIterable<string>;
  await unread[Symbol.asyncIterator]().return?.();
  assert.equal(closed, 3);
});
