import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxiesOf } from '#functions/local/client-address.ts';
import { listen } from '#functions/local/http-server.ts';

test('a trusted proxy says where requests came from, in however many lines; nobody else does', async () => {
  const app = async ({ address = '' }: { readonly address?: string }) => ({ status: 200, headers: {}, body: address });
  const asked = async (trusted: readonly string[], forwarded: readonly string[]) => {
    await using server = await listen(app, '127.0.0.1', 0, proxiesOf(trusted));
    const headers = new Headers();
    for (const one of forwarded) headers.append('x-forwarded-for', one);
    return (await fetch(server.url, { headers })).text();
  };
  assert.equal(await asked([], ['198.51.100.1']), '127.0.0.1');
  assert.equal(await asked(['127.0.0.1'], ['203.0.113.5', '198.51.100.1']), '198.51.100.1');
  assert.equal(await asked(['127.0.0.0/8'], []), '127.0.0.1');
});
