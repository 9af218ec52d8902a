import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import type { Fetch, FetchRequest } from '#platform/fetch.ts';
import { readBytes, readText, send } from '#platform/send.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A network that gives the answers in turn and remembers what it was asked, at what time and which bodies were let go. */
function world(...answers: readonly (Response | Error | ((url: string) => Response))[]) {
  const clock = testClock(0, { selfWinding: true });
  const asked: Asked[] = [];
  const times: number[] = [];
  const fetch: Fetch = async (url, request: FetchRequest = {}) => {
    asked.push({ url, method: request.method ?? 'GET', headers: request.headers ?? {}, body: request.body });
    times.push(clock.now());
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(url) : answer;
  };
  return { fetch, clock, asked, times };
}

const redirect = (status: number, location: string) => new Response('unwanted', { status, headers: { location } });
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('unwanted', { status: code, headers });
const unreachable = new Fault('network/unreachable', 'x');

test('redirects are followed by their rules, relative ones too, and their bodies let go of', async () => {
  const first = redirect(307, '../b?c=1#part');
  const net = world(first, redirect(308, 'http://two.example/d'), new Response('there'));
  const response = await send(net, 'http://one.example/x/a', { method: 'PUT', body: 'body', headers: { a: 'b' } });
  assert.equal(await response.text(), 'there');
  assert.deepEqual(net.asked, [
    { url: 'http://one.example/x/a', method: 'PUT', headers: { a: 'b' }, body: 'body' },
    { url: 'http://one.example/b?c=1', method: 'PUT', headers: { a: 'b' }, body: 'body' },
    { url: 'http://two.example/d', method: 'PUT', headers: { a: 'b' }, body: 'body' },
  ]);
  await assert.rejects(
    first
      .body!.getReader()
      .read()
      .then(({ done }) => assert.ok(!done)),
    'it was cancelled',
  );
});

test('credentials stay with the origin they were for, also when the way leads back there', async () => {
  const headers = { Authorization: 'Bearer x', Cookie: 'y', Accept: 'z' };
  const net = world(
    redirect(302, '/same'),
    redirect(302, 'https://one.example:8443/port'),
    redirect(302, 'https://one.example/back'),
    new Response(null),
  );
  await send(net, 'https://one.example/', { headers });
  assert.deepEqual(
    net.asked.map((asked) => asked.headers),
    [headers, headers, { Accept: 'z' }, { Accept: 'z' }],
  );
});

test('a POST becomes a GET without its body where browsers make it one', async () => {
  for (const [code, method] of [
    [301, 'GET'],
    [302, 'GET'],
    [303, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ] as const) {
    const net = world(redirect(code, '/next'), new Response(null));
    await send(net, 'https://one.example/', { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/x' } });
    const kept = method === 'POST';
    assert.deepEqual(
      net.asked[1],
      {
        url: 'https://one.example/next',
        method,
        headers: kept ? { 'Content-Type': 'text/x' } : {},
        body: kept ? 'x' : undefined,
      },
      String(code),
    );
  }
});

test('redirects that lead to plain http, out of http or in circles are refused', async () => {
  const from = 'https://one.example/?s3cret';
  const refusal = (message: RegExp) => isFault('network/refused', message, ['s3cret']);
  await assert.rejects(send(world(redirect(302, 'http://one.example/')), from), refusal(/from https to http/));
  await assert.rejects(send(world(redirect(302, 'file:///etc/passwd')), from), refusal(/redirects to file:/));
  await assert.rejects(send(world(redirect(302, 'http://[')), from), refusal(/not an address/));
  const circle = world((url) => redirect(302, url));
  await assert.rejects(send(circle, from), refusal(/more than 5 times/));
  assert.equal(circle.asked.length, 6);
  assert.equal((await send(world(redirect(302, '/x')), from, {}, { redirects: 0 })).status, 302);
  assert.equal(
    (await send(world(new Response(null, { status: 302 })), from)).status,
    302,
    'a redirect to nowhere is an answer',
  );
});

test('what may pass is tried again with doubled pauses, and the last answer is given', async () => {
  const net = world(status(503), unreachable, status(429), new Response('ok'));
  assert.equal(await (await send(net, 'http://a.example/')).text(), 'ok');
  assert.deepEqual(net.times, [0, 500, 1500, 3500]);
  const never = world(status(500));
  assert.equal((await send(never, 'http://a.example/')).status, 500);
  assert.equal(never.asked.length, 4);
  const gone = world(unreachable);
  await assert.rejects(send(gone, 'http://a.example/', {}, { attempts: 2 }), (error) => error === unreachable);
  assert.equal(gone.asked.length, 2);
});

test('what will not change, or must not be done twice, is not tried again', async () => {
  for (const code of [400, 401, 404, 501, 505]) {
    const net = world(status(code));
    assert.equal((await send(net, 'http://a.example/')).status, code);
    assert.equal(net.asked.length, 1);
  }
  const post = world(status(503));
  await send(post, 'http://a.example/', { method: 'POST' });
  assert.equal(post.asked.length, 1);
  const token = world(status(503), new Response('ok'));
  assert.equal((await send(token, 'http://a.example/', { method: 'POST' }, { idempotent: true })).status, 200);
  const refusal = world(new Fault('network/refused', 'x'));
  await assert.rejects(send(refusal, 'http://a.example/'), isFault('network/refused'));
  assert.equal(refusal.asked.length, 1);
});

test('a server is waited for as long as it asks, up to a minute', async () => {
  for (const [asks, waits] of [
    ['7', 7_000],
    ['0', 0],
    ['3600', 60_000],
    [new Date(30_000).toUTCString(), 30_000],
    [new Date(-30_000).toUTCString(), 0],
    ['soon', 500],
    ['-1', 500],
  ] as const) {
    const net = world(status(429, { 'retry-after': asks }), new Response('ok'));
    await send(net, 'http://a.example/');
    assert.deepEqual(net.times, [0, waits], asks);
  }
});

test('a retry begins where the way began, since the end of it may have expired', async () => {
  const net = world(
    redirect(307, 'https://store.example/signed'),
    status(503),
    redirect(307, 'https://store.example/new'),
    new Response('ok'),
  );
  await send(net, 'https://a.example/');
  assert.deepEqual(
    net.asked.map(({ url }) => url),
    ['https://a.example/', 'https://store.example/signed', 'https://a.example/', 'https://store.example/new'],
  );
});

test('a signal ends the pause before a retry', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const net = world((): Response => {
    controller.abort(reason);
    return new Response(null, { status: 503 });
  });
  await assert.rejects(send(net, 'http://a.example/', { signal: controller.signal }), (error) => error === reason);
  assert.equal(net.asked.length, 1);
});

test('bodies are read up to a limit, by what is announced and by what comes', async () => {
  assert.equal(await readText(new Response('grün'), 5), 'grün');
  assert.equal((await readBytes(new Response(null), 0)).length, 0);
  await assert.rejects(readBytes(new Response('grün'), 4), isFault('input/too-large', /4 are allowed/));
  const lies = new Response('four', { headers: { 'content-length': '1000000' } });
  await assert.rejects(readBytes(lies, 10), isFault('input/too-large', /1000000 bytes/));
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await assert.rejects(readBytes(new Response(endless), 10_000), isFault('input/too-large'));
  assert.ok(given < 20_000, 'the rest was not asked for');
});
