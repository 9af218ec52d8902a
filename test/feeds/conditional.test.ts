import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import { cancelParts, fetchParts, readPart, userAgent } from '#feeds/conditional.ts';
import type { FeedWorld, Mark } from '#feeds/feed.ts';
import type { Fetch } from '#platform/fetch.ts';
import { testClock } from '../support/test-clock.ts';

interface Served {
  etag?: string;
  modified?: string;
  body?: string;
  status?: number;
  length?: number;
}

/** A server of these files that knows conditions, and what it was asked. */
function upstream(files: Record<string, Served>) {
  const asked: string[] = [];
  const fetch: Fetch = async (url, request) => {
    const headers = new Headers(request?.headers);
    assert.equal(headers.get('user-agent'), userAgent);
    const file = files[url];
    const conditions = [headers.get('if-none-match'), headers.get('if-modified-since')].filter(Boolean).join(' ');
    asked.push(`${url.slice('https://x.test/'.length)}${conditions === '' ? '' : ` if ${conditions}`}`);
    if (file === undefined) return new Response('gone', { status: 404 });
    if (file.status !== undefined) return new Response('odd', { status: file.status });
    const same =
      file.etag === undefined
        ? file.modified === headers.get('if-modified-since')
        : file.etag === headers.get('if-none-match');
    if (conditions !== '' && same) return new Response(null, { status: 304 });
    return new Response(file.body ?? '', {
      headers: {
        ...(file.etag === undefined ? {} : { etag: file.etag }),
        ...(file.modified === undefined ? {} : { 'last-modified': file.modified }),
        ...(file.length === undefined ? {} : { 'content-length': String(file.length) }),
      },
    });
  };
  const world: FeedWorld = {
    fetch,
    clock: testClock(0, { selfWinding: true }),
    log: silentLog,
    temporaryFile: (name) => name,
  };
  return { asked, world };
}

const [a, b] = ['https://x.test/a', 'https://x.test/b'];

async function read(world: FeedWorld, mark: Mark | null, urls: readonly string[] = [a, b]) {
  const answer = await fetchParts(world, urls, mark);
  if (answer.kind === 'unchanged') return { kind: answer.kind, bodies: [], mark };
  const bodies: (string | null)[] = [];
  for (const part of answer.parts.values()) bodies.push(part === null ? null : (await readPart(part, 1000)).toString());
  return { kind: answer.kind, bodies, mark: answer.mark };
}

test('files are asked for on the condition that they changed, and come all when one has', async () => {
  const files: Record<string, Served> = { [a]: { etag: '"a1"', body: 'A1' }, [b]: { modified: 'Mon', body: 'B1' } };
  const { asked, world } = upstream(files);
  const first = await read(world, null);
  assert.deepEqual([first.kind, first.bodies], ['changed', ['A1', 'B1']]);
  assert.equal((await read(world, first.mark)).kind, 'unchanged');
  files[b] = { modified: 'Tue', body: 'B2' };
  const second = await read(world, first.mark);
  assert.deepEqual(second.bodies.toSorted(), ['A1', 'B2']);
  assert.equal((await read(world, second.mark)).kind, 'unchanged');
  assert.deepEqual(asked, ['a', 'b', 'a if "a1"', 'b if Mon', 'a if "a1"', 'b if Mon', 'a', 'a if "a1"', 'b if Tue']);
});

test('a file that vanishes or appears is a change, one that stays away is none', async () => {
  const files: Record<string, Served> = { [a]: { etag: '"a1"', body: 'A1' } };
  const { world } = upstream(files);
  const first = await read(world, null);
  assert.deepEqual(first.bodies, ['A1', null]);
  assert.equal((await read(world, first.mark)).kind, 'unchanged');
  files[b] = { etag: '"b1"', body: 'B1' };
  const second = await read(world, first.mark);
  assert.deepEqual(second.bodies.toSorted(), ['A1', 'B1']);
  delete files[b];
  const third = await read(world, second.mark);
  assert.equal(third.kind, 'changed');
  assert.deepEqual(new Set<string | null>(third.bodies), new Set([null, 'A1']));
});

test('an upstream without ETag and date is read each time', async () => {
  const { world } = upstream({ [a]: { body: 'A' } });
  const first = await read(world, null, [a]);
  assert.equal((await read(world, first.mark, [a])).kind, 'changed');
});

test('an answer that is neither the file nor its absence is a failure that names it', async () => {
  for (const status of [403, 500, 204]) {
    const { world } = upstream({ [a]: { etag: '"a"', body: 'A' }, [b]: { status } });
    if (status !== 204) await assert.rejects(read(world, null), new RegExp(`https://x.test/b: it answers ${status}`));
  }
});

test('a file larger than its limit, or shorter than it says, is refused', async () => {
  const { world } = upstream({ [a]: { body: 'x'.repeat(2000) }, [b]: { body: 'short', length: 100 } });
  await assert.rejects(read(world, null, [a]), /larger than 1000 bytes/);
  await assert.rejects(read(world, null, [b]), /broke off after 5 of 100 bytes/);
});

test('parts that are not read are let go of', async () => {
  let cancelled = 0;
  const body = () => new ReadableStream({ pull: (to) => to.enqueue(Buffer.from('x')), cancel: () => void cancelled++ });
  const world = { ...upstream({}).world, fetch: async () => new Response(body()) };
  const answer = await fetchParts(world, [a, b], null);
  assert(answer.kind === 'changed');
  await assert.rejects(readPart(answer.parts.get(a)!, 10), /larger than 10 bytes/);
  assert.equal(cancelled, 1);
  await cancelParts(answer.parts);
  assert.equal(cancelled, 2);
  const failing = { ...world, fetch: async (url: string) => new Response(body(), { status: url === b ? 403 : 200 }) };
  await assert.rejects(fetchParts(failing, [a, b], null), /answers 403/);
  assert.equal(cancelled, 4);
});
