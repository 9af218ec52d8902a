import assert from 'node:assert/strict';
import { test } from 'node:test';
import { politeFetch } from '#feeds/polite-fetch.ts';
import type { FetchRequest } from '#platform/fetch.ts';
import { send } from '#platform/send.ts';
import { testClock } from '../support/test-clock.ts';

interface Asked {
  readonly url: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An upstream that answers what the list says, then 200; time moves by sleeping alone. */
function upstream(answers: Response[] = [], keys: Readonly<Record<string, string>> = {}) {
  const clock = testClock(0, { selfWinding: true });
  const asked: Asked[] = [];
  const fetch = politeFetch({
    clock,
    key: async (name) => keys[name] ?? null,
    async fetch(url: string, request: FetchRequest = {}) {
      asked.push({ url, at: clock.now(), headers: request.headers ?? {} });
      return answers.shift() ?? new Response('ok');
    },
  });
  return { clock, asked, fetch, times: () => asked.map(({ at }) => at) };
}

const nvd = 'https://services.nvd.nist.gov/rest/json/cves/2.0';

test('requests keep the distance that an API asks for, a shorter one with a key, and others none', async () => {
  const open = upstream();
  for (let n = 0; n < 3; n++) await open.fetch(nvd);
  assert.deepEqual(open.times(), [0, 6000, 12_000]);
  const known = upstream([], { nvd: 's3cret' });
  for (let n = 0; n < 3; n++) await known.fetch(nvd);
  assert.deepEqual(known.times(), [0, 600, 1200]);
  const others = upstream();
  for (let n = 0; n < 3; n++) await others.fetch('https://secdb.example.test/');
  assert.deepEqual(others.times(), [0, 0, 0]);
});

test('a key goes to its own host, over https, and to no other', async () => {
  const { fetch, asked } = upstream([], { nvd: 's3cret', github: 't0ken' });
  await fetch(nvd, { headers: { accept: 'x' } });
  await fetch('https://api.github.com/advisories');
  await fetch('http://api.github.com/advisories');
  await fetch('https://services.nvd.nist.gov.example.test/');
  assert.deepEqual(
    asked.map(({ headers }) => headers),
    [{ accept: 'x', apiKey: 's3cret' }, { authorization: 'Bearer t0ken' }, {}, {}],
  );
});

test('a host that is overloaded is given the rest that it asks for, by every request, others are not held up', async () => {
  const { fetch, asked } = upstream([new Response(null, { status: 429, headers: { 'retry-after': '20' } })]);
  assert.equal((await fetch('https://a.example.test/1')).status, 429);
  await fetch('https://b.example.test/');
  await fetch('https://a.example.test/2');
  await fetch('https://a.example.test/3');
  assert.deepEqual(
    asked.map(({ url, at }) => [url.slice(8), at]),
    [
      ['a.example.test/1', 0],
      ['b.example.test/', 0],
      ['a.example.test/2', 20_000],
      ['a.example.test/3', 20_000],
    ],
  );
});

test('one that does not say how long rests twice as long each time, and a little more or less than others do', async () => {
  const busy = () => new Response(null, { status: 503 });
  const { clock, fetch, times } = upstream([busy(), busy(), busy()]);
  assert.equal((await send({ clock, fetch }, 'https://a.example.test/')).status, 200);
  assert.deepEqual(times(), [0, 1000, 3000, 7000]);
  await fetch('https://a.example.test/');
  assert.equal(times()[4], 7000);
  const other = upstream([busy()]);
  await other.clock.advance(500);
  await other.fetch('https://a.example.test/');
  await other.fetch('https://a.example.test/');
  assert.deepEqual(other.times(), [500, 1750]);
});

test('two answers of a host are waited for at once, not more, also after one fails', async () => {
  const gates: PromiseWithResolvers<Response>[] = [];
  const fetch = politeFetch({
    clock: testClock(),
    key: async () => null,
    fetch: () => {
      const gate = Promise.withResolvers<Response>();
      gates.push(gate);
      return gate.promise;
    },
  });
  const turns = async () => {
    for (let n = 0; n < 5; n++) await new Promise(setImmediate);
  };
  const answers = [1, 2, 3, 4].map((n) => fetch(`https://a.example.test/${n}`));
  const elsewhere = fetch('https://b.example.test/');
  await turns();
  assert.equal(gates.length, 3);
  gates[0]!.reject(new Error('the connection broke'));
  await assert.rejects(answers[0]!, /broke/);
  await turns();
  assert.equal(gates.length, 4);
  gates[1]!.resolve(new Response('ok'));
  await turns();
  assert.equal(gates.length, 5);
  for (const gate of gates) gate.resolve(new Response('ok'));
  await Promise.all([...answers.slice(1), elsewhere]);
});
