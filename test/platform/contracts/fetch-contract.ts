import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Fetch } from '#platform/fetch.ts';
import { httpServer } from '#test/support/http-server.ts';
import { isFault } from '#test/support/is-fault.ts';

/** What every implementation of the Fetch port promises while the network is there. Answers fall silent after `silence` ms. */
export function fetchContract(name: string, fetch: Fetch, silence: number): void {
  describe(`${name} as the fetch port`, () => {
    test('a request arrives as it was given, and the answer as it was sent', async () => {
      await using server = await httpServer(async (request, response) => {
        const body = (await Array.fromAsync(request)).join('');
        response.writeHead(
          201,
          'Made',
          [
            ['X-One', 'a'],
            ['X-One', 'b'],
            ['Content-Type', 'text/plain; charset=utf-8'],
          ].flat(),
        );
        response.end(
          `${request.method} ${request.url} ${request.headers['x-in']} ${request.headers['content-length']} ${body} ü`,
        );
      });
      const response = await fetch(`${server.url}/p%20q?r=%2F#fragment`, {
        method: 'PUT',
        headers: { 'X-In': 'yes' },
        body: 'größe',
      });
      assert.deepEqual([response.status, response.statusText, response.ok], [201, 'Made', true]);
      assert.equal(response.headers.get('x-one'), 'a, b');
      assert.equal(await response.text(), 'PUT /p%20q?r=%2F yes 7 größe ü');
      const bytes = await fetch(server.url, { method: 'POST', body: new Uint8Array([65, 66]) });
      assert.match(await bytes.text(), /^POST \/ undefined 2 AB/);
    });

    test('every status is an answer, and redirects are not followed', async () => {
      await using server = await httpServer((request, response) => {
        response.writeHead(Number(request.url!.slice(1)), { location: '/elsewhere' });
        response.end();
      });
      for (const status of [200, 204, 301, 302, 304, 307, 404, 429, 500, 599]) {
        const response = await fetch(`${server.url}/${status}`);
        assert.equal(response.status, status);
        assert.equal(response.headers.get('location'), '/elsewhere');
        assert.equal(await response.text(), '');
      }
    });

    test('HEAD has headers and no body', async () => {
      await using server = await httpServer((_, response) => response.writeHead(200, { 'content-length': 1000 }).end());
      const response = await fetch(server.url, { method: 'HEAD' });
      assert.deepEqual([response.headers.get('content-length'), await response.text()], ['1000', '']);
    });

    test('compressed answers are inflated unless the request speaks of encodings itself', async () => {
      const packed = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync };
      const text = 'text '.repeat(50_000);
      await using server = await httpServer((request, response) => {
        const encoding = request.url!.slice(1) as keyof typeof packed;
        response.setHeader('content-encoding', encoding);
        response.setHeader('x-asked', String(request.headers['accept-encoding']));
        response.end(packed[encoding](text));
      });
      for (const encoding of Object.keys(packed) as (keyof typeof packed)[]) {
        const inflated = await fetch(`${server.url}/${encoding}`);
        assert.match(inflated.headers.get('x-asked')!, /gzip/);
        assert.deepEqual(
          [inflated.headers.get('content-encoding'), inflated.headers.get('content-length')],
          [null, null],
        );
        assert.equal(await inflated.text(), text);
        const raw = await fetch(`${server.url}/${encoding}`, { headers: { 'Accept-Encoding': 'identity' } });
        assert.deepEqual([raw.headers.get('x-asked'), raw.headers.get('content-encoding')], ['identity', encoding]);
        assert.ok(Buffer.from(await raw.arrayBuffer()).equals(packed[encoding](text)));
      }
    });

    test('addresses that hand out credentials are refused however they are written', async () => {
      for (const host of [
        '169.254.169.254',
        '169.254.170.2',
        '2852039166',
        '0xA9.0xFE.0xA9.0xFE',
        '0251.0376.0251.0376',
        '169.254.43518',
        '[::ffff:169.254.169.254]',
        '[::ffff:a9fe:a9fe]',
        '[::a9fe:a9fe]',
        '[64:ff9b::169.254.169.254]',
        '[2002:a9fe:a9fe::1]',
        '[fd00:ec2::254]',
        '[fe80::1]',
        '[febf::1]',
        '100.100.100.200',
        '168.63.129.16',
        '192.0.0.192',
      ]) {
        await assert.rejects(
          fetch(`http://${host}/latest/meta-data`),
          isFault('network/refused', /hands out credentials/),
          host,
        );
        await assert.rejects(fetch(`https://${host}:8443/`), isFault('network/refused'), host);
      }
      for (const address of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'not an address', 'data:,x', 'unix:/run/x']) {
        await assert.rejects(fetch(address), isFault('network/refused', /not an http or https address/), address);
      }
    });

    test('a connection that fails is unreachable, and the message holds the host and no secret', async () => {
      const server = await httpServer(() => {});
      await server[Symbol.asyncDispose]();
      const secret = `http://user:s3cret@127.0.0.1:${server.port}/s3cret?token=s3cret#s3cret`;
      const headers = { authorization: 's3cret' };
      await assert.rejects(
        fetch(secret, { headers }),
        isFault('network/unreachable', new RegExp(`127\\.0\\.0\\.1:${server.port} cannot be reached`), [
          's3cret',
          'user',
        ]),
      );
      await assert.rejects(
        fetch('http://nothing.invalid/'),
        isFault('network/unreachable', /nothing\.invalid cannot be reached/),
      );
      await assert.rejects(fetch('ftp://user:s3cret@host/?s3cret'), isFault('network/refused', /./, ['s3cret']));
      await assert.rejects(
        fetch('http://127.0.0.1:1/', { headers: { bad: 's3cret\n' } }),
        isFault('input/invalid', /./, ['s3cret']),
      );
    });

    test('an answer that breaks off is unreachable for who reads it', async () => {
      await using server = await httpServer((request, response) => {
        response.writeHead(200, request.url === '/length' ? { 'content-length': 100 } : {});
        response.write('half', () => response.socket?.destroy());
      });
      for (const path of ['/length', '/chunked']) {
        const response = await fetch(server.url + path);
        await assert.rejects(response.text(), isFault('network/unreachable', /broke off/), path);
      }
      await using packed = await httpServer((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync('text '.repeat(10_000)).subarray(0, 50));
      });
      await assert.rejects((await fetch(packed.url)).text(), isFault('network/unreachable', /broke off/));
      const babble = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
      await new Promise((resolve) => babble.once('listening', resolve));
      const { port } = babble.address() as { port: number };
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), isFault('network/unreachable'));
      babble.close();
    });

    test('a server that says nothing, or nothing more, is given up', async () => {
      await using server = await httpServer((request, response) => {
        if (request.url === '/half') response.write('half');
      });
      await assert.rejects(
        fetch(server.url, { timeout: 30 }),
        isFault('network/unreachable', /did not answer within 30 ms/),
      );
      const response = await fetch(`${server.url}/half`);
      await assert.rejects(response.text(), isFault('network/unreachable', /silent/));
      assert.ok(silence < 1000, 'the suite sets a short silence');
    });

    test('a signal ends a request with its own reason, before, while waiting and while reading', async () => {
      await using server = await httpServer((request, response) => {
        if (request.url === '/half') response.write('half');
      });
      const reason = new Error('enough');
      await assert.rejects(fetch(server.url, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
      for (const path of ['/', '/half']) {
        const controller = new AbortController();
        const reading = fetch(server.url + path, { signal: controller.signal }).then((response) => response.text());
        setTimeout(() => controller.abort(reason), 20);
        await assert.rejects(reading, (error) => error === reason, path);
      }
    });

    test('an unwanted body is let go of, and one that is read slowly waits', async () => {
      let sent = 0;
      const closed: Promise<void>[] = [];
      await using server = await httpServer((_, response) => {
        const piece = Buffer.alloc(65_536);
        closed.push(new Promise((resolve) => response.once('close', resolve)));
        const more = () => {
          while (!response.destroyed && sent < 100_000_000) {
            sent += piece.length;
            if (!response.write(piece)) return void response.once('drain', more);
          }
        };
        more();
      });
      const unread = await fetch(server.url);
      await unread.body!.cancel();
      await closed[0];
      sent = 0;
      const slow = await fetch(server.url);
      const reader = slow.body!.getReader();
      await reader.read();
      await new Promise((resolve) => setTimeout(resolve, silence * 2));
      assert.ok(sent < 50_000_000, 'what nobody reads is not fetched');
      assert.equal((await reader.read()).done, false, 'a pause of the reader is not a silence of the server');
      await reader.cancel();
      await closed[1];
    });
  });
}
