import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Digest } from '#core/digest.ts';
import { defaultLimits } from '#core/limits.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { registryClient } from '#registry/client/registry-client.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

const digest = `sha256:${'1'.repeat(64)}` as Digest;

/** A client of a registry that answers like this, once. */
async function withRegistry(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (client: ReturnType<typeof registryClient>, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const world = { fetch: systemFetch(), clock: testClock() };
  const options = { registry, credentials: null, plainHttp: null, limits: defaultLimits, sending: { attempts: 1 } };
  try {
    await work(registryClient(world, options), requests);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

const all = async (client: ReturnType<typeof registryClient>) =>
  (await Array.fromAsync(client.tags('team/app'))).flat();

const page = (response: ServerResponse, tags: unknown, link?: string) =>
  response.writeHead(200, link === undefined ? {} : { Link: link }).end(JSON.stringify({ name: 'team/app', tags }));

test('links to the next page are followed at the registry, whatever host and form they have', async () => {
  const links = [
    '</v2/team/app/tags/list?last=a&n=1>; rel="next"',
    '<list?last=b&n=1>; rel=next',
    '<http://internal.example.test:5000/v2/team/app/tags/list?last=c&n=1>; rel="next"; title="more"',
    '</v2/team/app/tags/list?last=z>; rel="prev", </v2/team/app/tags/list?last=d&n=1>; rel="next"',
  ];
  let asked = 0;
  await withRegistry(
    (_request, response) => page(response, [String.fromCharCode(97 + asked)], links[asked++]),
    async (client, requests) => {
      assert.deepEqual(await all(client), ['a', 'b', 'c', 'd', 'e']);
      assert.deepEqual(requests, [
        'GET /v2/team/app/tags/list?n=1000',
        'GET /v2/team/app/tags/list?last=a&n=1',
        'GET /v2/team/app/tags/list?last=b&n=1',
        'GET /v2/team/app/tags/list?last=c&n=1',
        'GET /v2/team/app/tags/list?last=d&n=1',
      ]);
    },
  );
});

test('a repository without tags is an empty list, however that is written', async () => {
  for (const tags of [null, [], undefined])
    await withRegistry(
      (_request, response) => page(response, tags),
      async (client) => assert.deepEqual(await all(client), []),
    );
});

test('what no tag is called is left out', async () => {
  await withRegistry(
    (_request, response) => page(response, ['v1', '', 'a b', '../x', `${'x'.repeat(129)}`, 'v1@sha256', '_ok', '-no']),
    async (client) => assert.deepEqual(await all(client), ['v1', '_ok']),
  );
});

test('a list without end, or one that leads elsewhere, is refused', async () => {
  await withRegistry(
    (_request, response) => page(response, ['a'], '</v2/team/app/tags/list?n=1000>; rel="next"'),
    async (client) => {
      await assert.rejects(all(client), isFault('registry/failed', /has no end/));
    },
  );
  let number = 0;
  await withRegistry(
    (_request, response) => page(response, ['a'], `</v2/team/app/tags/list?last=${number++}>; rel="next"`),
    async (client, requests) => {
      await assert.rejects(all(client), isFault('registry/failed', /has no end/));
      assert.equal(requests.length, 2000);
    },
  );
  for (const link of ['<http://[>; rel="next"', '</admin>; rel="next"'])
    await withRegistry(
      (_request, response) => page(response, ['a'], link),
      async (client) => {
        await assert.rejects(all(client), isFault('registry/failed', /goes on/));
      },
    );
});

test('lists that are none, and those that are too long, are faults', async () => {
  for (const body of ['[]', '{"tags":{}}', '{"tags":[1]}', 'not json', `${'['.repeat(200)}`])
    await withRegistry(
      (_request, response) => response.writeHead(200).end(body),
      async (client) => {
        await assert.rejects(all(client), isFault('image/corrupt'));
      },
    );
  await withRegistry(
    (_request, response) => response.writeHead(200, { 'Content-Length': 64 * 1024 * 1024 }).end(),
    async (client) => {
      await assert.rejects(all(client), isFault('image/too-large'));
    },
  );
});

test('a digest that did not change costs no manifest, at registries that compare and at those that do not', async () => {
  await withRegistry(
    ({ headers }, response) => response.writeHead(headers['if-none-match'] === `"${digest}"` ? 304 : 500).end(),
    async (client, requests) => {
      assert.equal(await client.digest('team/app', 'v1', digest), digest);
      assert.deepEqual(requests, ['HEAD /v2/team/app/manifests/v1']);
    },
  );
  await withRegistry(
    (_request, response) => response.writeHead(304).end(),
    async (client) => {
      await assert.rejects(client.digest('team/app', 'v1'), isFault('registry/failed'));
    },
  );
  await withRegistry(
    ({ method }, response) => response.writeHead(method === 'HEAD' ? 405 : 200).end(method === 'HEAD' ? '' : '{}'),
    async (client) => {
      assert.equal(
        await client.digest('team/app', 'v1', digest),
        'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      );
    },
  );
});

test('how long a registry wants to be left alone is told with the refusal, as far as it can be believed', async () => {
  const start = testClock().now();
  for (const [headers, restMs] of [
    [{ 'Retry-After': '120' }, 120_000],
    [{ 'Retry-After': new Date(start + 3_600_000).toUTCString() }, 3_600_000],
    [{ 'Retry-After': '99999999' }, 24 * 3_600_000],
    [{ 'X-Retry-After': String(start / 1000 + 90) }, 90_000],
    [{ 'X-Retry-After': String(start / 1000 - 90) }, 0],
    [{ 'Retry-After': 'soon' }, undefined],
    [{}, undefined],
  ] as const)
    await withRegistry(
      (_request, response) => response.writeHead(429, headers).end(),
      async (client) => {
        await assert.rejects(all(client), ({ detail }) => {
          assert.deepEqual(detail, { status: 429, codes: [], ...(restMs === undefined ? {} : { restMs }) });
          return true;
        });
      },
    );
});
