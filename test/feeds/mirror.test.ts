import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { mirrored } from '#feeds/mirror.ts';
import type { Fetch } from '#platform/fetch.ts';

const noNetwork: Fetch = async (url) => assert.fail(`the network may not be used: ${url}`);

async function inFolder(work: (folder: string, fetch: Fetch) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-mirror-'));
  try {
    await mkdir(path.join(folder, 'mirror/example.test/a b'), { recursive: true });
    await writeFile(path.join(folder, 'mirror/example.test/a b/all.zip'), 'the bytes');
    await writeFile(path.join(folder, 'secret'), 'outside');
    await work(folder, mirrored(noNetwork, path.join(folder, 'mirror')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a folder mirror serves a file of the host and path as its upstream would', () =>
  inFolder(async (_, fetch) => {
    const response = await fetch('https://example.test/a%20b/all.zip?generation=1#part');
    assert.deepEqual([response.status, await response.text()], [200, 'the bytes']);
    assert.equal(response.headers.get('content-length'), '9');
    const head = await fetch('https://example.test/a%20b/all.zip', { method: 'HEAD' });
    assert.deepEqual(
      [head.status, head.headers.get('etag'), await head.text()],
      [200, response.headers.get('etag'), ''],
    );
  }));

test('a folder mirror answers 304 while a file is the same, and 200 once it has changed', () =>
  inFolder(async (folder, fetch) => {
    const url = 'https://example.test/a%20b/all.zip';
    const { headers } = await fetch(url);
    const etag = headers.get('etag') ?? '';
    const modified = headers.get('last-modified') ?? '';
    const status = async (asked: Record<string, string>) => (await fetch(url, { headers: asked })).status;
    assert.equal(await status({ 'if-none-match': etag }), 304);
    assert.equal(await status({ 'if-none-match': `"other", W/${etag}` }), 304);
    assert.equal(await status({ 'if-none-match': '"other"' }), 200);
    assert.equal(await status({ 'If-Modified-Since': modified }), 304);
    assert.equal(await status({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }), 200);
    assert.equal(await status({ 'if-modified-since': 'nonsense' }), 200);
    assert.equal(await status({ 'if-none-match': '"other"', 'if-modified-since': modified }), 200);
    await writeFile(path.join(folder, 'mirror/example.test/a b/all.zip'), 'other bytes');
    assert.equal(await status({ 'if-none-match': etag }), 200);
  }));

test('a folder mirror says 404 for what it does not have', () =>
  inFolder(async (_, fetch) => {
    const missing = [
      'https://example.test/none',
      'https://other.test/a%20b/all.zip',
      'https://example.test/a%20b',
      'https://example.test/',
      'https://example.test/a%20b/all.zip/more',
      'https://example.test/a%20b//all.zip',
      `https://example.test/${'x'.repeat(5000)}`,
      'https://example.test/%ff',
    ];
    for (const url of missing) assert.equal((await fetch(url)).status, 404, url.slice(0, 80));
    assert.equal((await fetch('https://example.test/a%20b/all.zip', { method: 'PUT' })).status, 405);
  }));

test('nothing outside of a folder mirror can be read through it', () =>
  inFolder(async (folder, fetch) => {
    await symlink(path.join(folder, 'secret'), path.join(folder, 'mirror/example.test/out'));
    await symlink('a b/all.zip', path.join(folder, 'mirror/example.test/within'));
    await symlink('loop', path.join(folder, 'mirror/example.test/loop'));
    const outside = [
      'https://example.test/../secret',
      'https://example.test/..%2f..%2fsecret',
      'https://example.test/%2e%2e/%2e%2e/secret',
      'https://example.test/a%20b/..%2f..%2f..%2fsecret',
      'https://example.test/out',
      'https://example.test/loop',
      'https://../secret',
      'https://example.test/a%20b/all.zip%00',
    ];
    for (const url of outside) {
      const answer = URL.canParse(url) ? (await fetch(url)).status : 404;
      assert.equal(answer, 404, url);
    }
    assert.equal(await (await fetch('https://example.test/within')).text(), 'the bytes');
  }));

test('an answer that nobody reads, or only begins to read, holds no file open', () =>
  inFolder(async (folder, fetch) => {
    await writeFile(path.join(folder, 'mirror/example.test/large'), Buffer.alloc(3_000_000, 1));
    await fetch('https://example.test/large');
    const response = await fetch('https://example.test/large');
    let read = 0;
    for await (const bytes of response.body ?? []) {
      read += bytes.length;
      break;
    }
    assert(read > 0 && read < 3_000_000);
    const whole = await (await fetch('https://example.test/large')).arrayBuffer();
    assert.equal(whole.byteLength, 3_000_000);
  }));

test('a mirror that is no folder is refused with its name', async () => {
  await assert.rejects(
    mirrored(noNetwork, '/nowhere/at/all')('https://example.test/a'),
    /\/nowhere\/at\/all is not a folder/,
  );
});

test('a mirror on a server is asked for host and path, with its own credentials, and its redirects are followed without them', async () => {
  const asked: (readonly [string, string | undefined, string | undefined])[] = [];
  const fetch: Fetch = async (url, request) => {
    asked.push([url, request?.headers?.['authorization'], request?.headers?.['if-none-match']]);
    if (url.includes('moved'))
      return new Response(null, { status: 302, headers: { location: 'https://bucket.test/signed?x=1' } });
    if (url.includes('circle')) return new Response(null, { status: 307, headers: { location: url } });
    return new Response('ok');
  };
  const mirror = mirrored(fetch, 'https://me:p%40ss@mirror.test/feeds/');
  assert.equal(
    await (await mirror('https://example.test/a%20b/c?d=e', { headers: { 'if-none-match': '"1"' } })).text(),
    'ok',
  );
  assert.equal(await (await mirror('https://example.test/moved')).text(), 'ok');
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  assert.deepEqual(asked, [
    ['https://mirror.test/feeds/example.test/a%20b/c?d=e', basic, '"1"'],
    ['https://mirror.test/feeds/example.test/moved', basic, undefined],
    ['https://bucket.test/signed?x=1', undefined, undefined],
  ]);
  await assert.rejects(
    mirror('https://example.test/circle'),
    (thrown: Error) => /redirects/.test(thrown.message) && !/p%40ss|p@ss/.test(thrown.message),
  );
});
