import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { fetchContract } from '#test/platform/contracts/fetch-contract.ts';
import { httpServer } from '#test/support/http-server.ts';
import { isFault } from '#test/support/is-fault.ts';

fetchContract('the network of the machine', systemFetch({ silence: 150 }), 150);

test('with the network off every call says so, with the host only', async () => {
  await assert.rejects(
    offlineFetch('https://user:s3cret@registry.example/v2/?s3cret'),
    isFault('network/offline', /registry\.example .*leave out --offline/, ['s3cret']),
  );
});

test('a name with user and password in the address becomes basic authorization', async () => {
  await using server = await httpServer((request, response) => response.end(request.headers.authorization));
  const response = await systemFetch()(`http://us%20er:p%40ss@127.0.0.1:${server.port}/`);
  assert.equal(await response.text(), `Basic ${Buffer.from('us er:p@ss').toString('base64')}`);
});

test('a kept connection that the server closed is replaced without a word', async () => {
  let requests = 0;
  await using server = await httpServer((_, response) => {
    requests++;
    response.end('ok');
  });
  const fetch = systemFetch();
  await (await fetch(server.url)).text();
  // The other side closes; this side has not heard of it when the next request goes out.
  server.server.closeAllConnections();
  assert.equal(await (await fetch(server.url)).text(), 'ok');
  assert.equal(requests, 2);
});

test('a proxy of the environment is asked, except for the names it is not for, and metadata addresses stay refused', async () => {
  const asked: string[] = [];
  await using origin = await httpServer((_, response) => response.end('origin'));
  await using proxy = await httpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('proxied');
  });
  proxy.server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = connect(origin.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  const fetch = systemFetch({ proxies: { HTTP_PROXY: proxy.url, https_proxy: proxy.url, NO_PROXY: '127.0.0.1' } });
  assert.equal(await (await fetch('http://somewhere.invalid/a')).text(), 'proxied');
  assert.equal(await (await fetch(origin.url)).text(), 'origin');
  // Behind the tunnel a server without TLS answers, which is enough to see that the tunnel was asked for.
  await assert.rejects(fetch('https://elsewhere.invalid/b'), isFault('network/unreachable', /elsewhere\.invalid/));
  await assert.rejects(fetch('http://169.254.169.254/'), isFault('network/refused'));
  assert.deepEqual(asked, ['GET http://somewhere.invalid/a', 'CONNECT elsewhere.invalid:443']);
});
