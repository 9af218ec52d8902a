import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiClient, type ApiSettings } from '#functions/cli/client/api-client.ts';
import { exitOf } from '#functions/cli/client/refusal.ts';
import { Fault } from '#core/fault.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { httpServer } from '#test/support/http-server.ts';
import { isFault } from '#test/support/is-fault.ts';
import { Status, Turns, wireServer } from '#test/support/wire-server.ts';

const world = () => ({ fetch: systemFetch(), clock: { now: () => 0, sleep: async () => {} } });

function clientAt(url: string, more: Partial<ApiSettings> = {}) {
  return apiClient(world(), { url, account: null, anyCertificate: false, login: async () => null, ...more });
}

/** The Fault that a question ends with, and the exit code of that. */
async function faultOf(status: number, sent: unknown) {
  await using server = await wireServer({ 'POST /x': new Status(status, sent) });
  const thrown: unknown = await clientAt(server.url)
    .ask('POST', ['x'])
    .catch((fault: unknown) => fault);
  assert.ok(thrown instanceof Fault);
  return { code: thrown.code, message: thrown.message, exit: exitOf(thrown) };
}

test('questions are sent again when the server is away for a moment; changes are not', async () => {
  const away = new Turns(new Status(503, {}), new Status(429, {}), 'there');
  await using server = await wireServer({ 'GET /x': away, 'POST /x': away, 'PUT /x': away, 'DELETE /x': away });
  const client = clientAt(server.url);
  assert.equal(await client.get(['x']), 'there');
  assert.equal(server.requests.length, 3);
  for (const method of ['POST', 'PUT', 'DELETE'] as const)
    await assert.rejects(client.ask(method, ['x']), isFault('sql/unavailable'));
  assert.equal(server.requests.length, 6);
});

test('parts of a path are one part each, whatever is in them', async () => {
  await using server = await wireServer({});
  const client = clientAt(`${server.url}/below/v1/?x=1`);
  for (const part of ['a/b', 'a?b', 'a#b', '%2e%2e', 'ü', 'a b'])
    await assert.rejects(client.get(['x', part]), isFault('state/not-found'));
  assert.deepEqual(
    server.requests.map(({ line }) => line.replace('GET /below/v1/x/', '')),
    ['a%2Fb?x=1', 'a%3Fb?x=1', 'a%23b?x=1', '%252e%252e?x=1', '%C3%BC?x=1', 'a%20b?x=1'],
  );
  for (const part of ['', '.', '..']) await assert.rejects(client.get([part]), isFault('input/invalid', /no name/));
});

const answers: readonly (readonly [status: number, sent: unknown, code: string, exit: number, message: RegExp])[] = [
  [400, { message: 'bad', httpcode: 400, detail: { code: 'image/corrupt' } }, 'image/corrupt', 1, /^bad$/],
  [400, { detail: "'x' is required", status: 400, title: 'Bad Request' }, 'input/invalid', 1, /^'x' is required$/],
  [401, 'Unauthorized', 'auth/required', 2, /does not know this user and password/],
  [403, { message: 'no', detail: { code: 'no/such-code' } }, 'auth/forbidden', 1, /^no$/],
  [404, '<html>nothing</html>', 'state/not-found', 1, /^POST \/x was answered with status 404$/],
  [406, { message: 'm' }, 'registry/unusable', 1, /^m$/],
  [409, 'already there', 'state/conflict', 1, /^already there$/],
  [418, {}, 'input/invalid', 1, /status 418/],
  [429, { message: 'slow' }, 'auth/throttled', 1, /^slow$/],
  [500, { message: 'broken' }, 'internal/failed', 2, /^broken$/],
  [502, '', 'network/unreachable', 1, /status 502/],
  [504, { Message: 'of a gateway' }, 'internal/overdue', 1, /^of a gateway$/],
];

for (const [status, sent, code, exit, message] of answers)
  test(`an answer ${status} ${JSON.stringify(sent)} is ${code}, exit code ${exit}`, async () => {
    const fault = await faultOf(status, sent);
    assert.deepEqual([fault.code, fault.exit], [code, exit]);
    assert.match(fault.message, message);
  });

test('a login goes to the server it is for, and not where that redirects to', async () => {
  await using other = await wireServer({ 'GET /there': 'got' });
  await using server = await httpServer((_, response) => {
    response.writeHead(302, { location: `${other.url}/there` }).end();
  });
  const client = clientAt(server.url, { login: async () => ({ kind: 'token', token: 't0ken' }) });
  assert.equal(await client.get(['x']), 'got');
  assert.equal(other.requests[0]?.headers['authorization'], undefined);
});

test('who asks is asked for once, before the first question', async () => {
  await using server = await wireServer({ 'GET /x': 1 });
  let asked = 0;
  const login = async () => {
    asked += 1;
    return null;
  };
  const client = clientAt(server.url, { login });
  assert.equal(asked, 0);
  assert.deepEqual([await client.get(['x']), await client.get(['x']), asked], [1, 1, 1]);
});

test('an answer that would not fit into memory is not read', async () => {
  await using server = await httpServer((_, response) => {
    response.writeHead(200, { 'content-length': String(2 ** 40) });
    response.write('[');
  });
  await assert.rejects(clientAt(server.url).get(['x']), isFault('input/too-large'));
});
