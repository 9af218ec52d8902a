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
  requestContext: { requestId: 'c6af9ac6', requestTimeEpoch: 500_000 },
};

const read = (change: Partial<ProxyEvent> = {}, now = 500_000, left = 29_000) =>
  fromProxyEvent({ ...event, ...change }, now, left);

test('an event of API Gateway is the request that was sent', () => {
  const request = read();
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

test('the address of whoever asks is the one that API Gateway saw, whatever the headers say', () => {
  const headers = { 'X-Forwarded-For': '198.51.100.7' };
  const requestContext = { ...event.requestContext, identity: { sourceIp: '192.0.2.1' } };
  assert.equal(read({ headers, requestContext }).address, '192.0.2.1');
  assert.equal(read({ headers }).address, '');
});

test('a request without query and headers has none', () => {
  const bare = { ...event, headers: null, multiValueHeaders: null, multiValueQueryStringParameters: null };
  const { headers, query } = read(bare as unknown as ProxyEvent);
  assert.deepEqual([headers, [...query]], [{}, []]);
});

test('a body is the bytes that were sent, as text or as base64', () => {
  const bytes = Buffer.from([0, 255, 10, 195]);
  const packed = read({ body: bytes.toString('base64'), isBase64Encoded: true });
  assert.deepEqual(Buffer.from(packed.body), bytes);
  assert.equal(Buffer.from(read({ body: 'ä' }).body).toString(), 'ä');
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

test('a request has to be answered before API Gateway or Lambda gives it up, whichever is first', () => {
  assert.equal(read().id, 'c6af9ac6');
  const left = (now: number, lambda: number) => read({}, now, lambda).until - now;
  assert.equal(left(500_000, 29_000), 28_000);
  assert.equal(left(507_000, 29_000), 21_000, 'a cold start took 7 s of it');
  assert.equal(left(507_000, 5000), 4000, 'Lambda ends it before');
  assert.equal(left(499_000, 29_000), 28_000, 'a clock that is behind gives no more time');
  assert.equal(left(900_000, 29_000), 28_000, 'an event that was written by hand');
});
