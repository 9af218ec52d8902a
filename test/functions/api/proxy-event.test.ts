import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { fromProxyEvent, type ProxyEvent, toStreamedAnswer } from '#functions/api/proxy-event.ts';

const event: ProxyEvent = {
  httpMethod: 'GET',
  path: '/images/sha256%3Aabc',
  headers: { 'X-One': 'last', Only: 'here' },
  multiValueHeaders: { 'X-One': ['first', 'last'] },
  multiValueQueryStringParameters: { tag: ['a&b=c', 'ä'], empty: [''] },
  body: null,
  isBase64Encoded: false,
};

test('an event of API Gateway is the request that was sent', () => {
  const request = fromProxyEvent(event);
  assert.deepEqual([request.method, request.path, request.body.length], ['GET', '/images/sha256%3Aabc', 0]);
  assert.deepEqual(request.headers, { 'x-one': 'first, last', only: 'here' });
  assert.deepEqual(
    [...request.query],
    [
      ['tag', 'a&b=c'],
      ['tag', 'ä'],
      ['empty', ''],
    ],
  );
});

test('a request without query and headers has none', () => {
  const bare = { ...event, headers: null, multiValueHeaders: null, multiValueQueryStringParameters: null };
  const { headers, query } = fromProxyEvent(bare as unknown as ProxyEvent);
  assert.deepEqual([headers, [...query]], [{}, []]);
});

test('a body is the bytes that were sent, as text or as base64', () => {
  const bytes = Buffer.from([0, 255, 10, 195]);
  const packed = fromProxyEvent({ ...event, body: bytes.toString('base64'), isBase64Encoded: true });
  assert.deepEqual(Buffer.from(packed.body), bytes);
  assert.equal(Buffer.from(fromProxyEvent({ ...event, body: 'ä' }).body).toString(), 'ä');
});

test('an answer in pieces goes out as it is made, and HEAD lets go of it', async () => {
  let given = 0;
  let ended = false;
  const body = (async function* () {
    try {
      for (;;) yield `${++given}`;
    } finally {
      ended = true;
    }
  })();
  const { statusCode, body: stream } = await toStreamedAnswer('GET', { status: 200, headers: {}, body });
  assert.ok(statusCode === 200 && stream instanceof Readable);
  for await (const piece of stream) {
    assert.equal(String(piece), '1');
    break;
  }
  assert.ok(ended);
  let left = false;
  const unread: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: true, value: undefined }),
      async return() {
        left = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const head = await toStreamedAnswer('HEAD', { status: 200, headers: { a: 'b' }, body: unread });
  assert.deepEqual([head, left], [{ statusCode: 200, headers: { a: 'b' }, body: '' }, true]);
});
