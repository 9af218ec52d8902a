import assert from 'node:assert/strict';
import { test } from 'node:test';
import { throughEndpoints } from '#registry/client/registry-endpoints.ts';

/** Where a call for this address goes. */
async function reached(url: string, endpoints: Readonly<Record<string, string>>): Promise<string> {
  const list = Object.entries(endpoints).map(([host, url]) => ({ host, url }));
  const response = await throughEndpoints(async (called) => new Response(called), list)(url);
  return await response.text();
}

const ecr = '111122223333.dkr.ecr.us-east-1.amazonaws.com';

test('a host with an endpoint is reached there, with path and query; others as they are', async () => {
  const endpoints = { [ecr]: 'http://127.0.0.1:5000', 'docker.io:5000': 'https://cache.example' };
  assert.equal(
    await reached(`https://${ecr}/v2/a/blobs/b?x=1&y=2`, endpoints),
    'http://127.0.0.1:5000/v2/a/blobs/b?x=1&y=2',
  );
  assert.equal(await reached('http://docker.io:5000/v2/', endpoints), 'https://cache.example/v2/');
  for (const url of ['https://docker.io/v2/', `https://${ecr}.evil.example/v2/`, `https://x.${ecr}/v2/`])
    assert.equal(await reached(url, endpoints), url);
});

test('a star is any part of a name and nothing else; the first rule counts', async () => {
  const endpoints = { '*.dkr.ecr.*.amazonaws.com': 'http://one', '*.com': 'http://two', '*': 'http://three' };
  assert.equal(await reached(`https://${ecr}/v2/`, endpoints), 'http://one/v2/');
  assert.equal(await reached('https://example.com/v2/', endpoints), 'http://two/v2/');
  assert.equal(await reached('https://example.org/a.com', endpoints), 'http://three/a.com');
  assert.equal(await reached('https://dkrxecr.example/', { 'dkr.ecr*': 'http://one' }), 'https://dkrxecr.example/');
});

test('Docker Hub is reached elsewhere by the name that people write', async () => {
  const endpoints = { 'docker.io': 'http://cache.example' };
  assert.equal(await reached('https://registry-1.docker.io/v2/', endpoints), 'http://cache.example/v2/');
});
