import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isFault } from '../../support/is-fault.ts';
import { archive, cve, fakeNvd, keel, page, synced } from './fake-nvd.ts';

const json = (content: object) => new Response(JSON.stringify(content));
const ofYears = ['CVE-2002-0001', 'CVE-2002-0001 cpe 1.0', 'CVE-2003-0001', 'CVE-2003-0001 cpe 1.0'];

/** The API's answers to a probe and to pages, by one list of changes. */
const telling = (changes: readonly object[]) => (question: URLSearchParams) => {
  const from = Number(question.get('startIndex'));
  return json(page(changes.slice(from, from + Number(question.get('resultsPerPage'))), changes.length, from));
};

test('the first sync reads every year, and knows since when to ask for changes', async () => {
  const { state, world } = fakeNvd();
  state.corrections = {};
  const first = await synced(world, null);
  assert.deepEqual(first.records, ofYears);
  assert.equal(first.complete, true);
  // Two days before the newest file.
  assert.equal(first.mark?.['cursor'], '2003-06-08T03:00:00.000Z');
  assert.ok(!state.asked.some((url) => url.includes('services.nvd')), 'nothing is asked of the API');
});

test('later syncs read what the API says has changed, from two hours before the last, and go on by its clock', async () => {
  const { state, world } = fakeNvd();
  state.corrections = {};
  const first = await synced(world, null);
  state.asked.length = 0;
  state.api = telling([cve('CVE-2002-0001', '2.0'), { cve: { id: 'CVE-2003-0007', vulnStatus: 'Rejected' } }]);
  const second = await synced(world, first.mark);
  assert.deepEqual(second.records, [
    'CVE-2002-0001',
    'CVE-2002-0001 cpe 2.0',
    'CVE-2003-0007',
    'CVE-2003-0007 cpe removed',
  ]);
  assert.equal(second.complete, false);
  assert.equal(second.mark?.['cursor'], '2003-06-10T12:00:00.000Z');
  const question = new URL(state.asked[0]!).searchParams;
  assert.equal(question.get('lastModStartDate'), '2003-06-08T01:00:00.000Z');
  assert.equal(question.get('lastModEndDate'), '2003-06-10T12:00:00.000Z');
  assert.ok(!state.asked.some((url) => url.endsWith('.meta')), 'no year is asked for');
  state.api = telling([]);
  assert.equal((await synced(world, second.mark)).kind, 'unchanged');
});

test('a clock of ours that is fast loses no change', async () => {
  const { state, clock, world } = fakeNvd();
  const first = await synced(world, null);
  await clock.advance(10 * 86_400_000);
  state.api = telling([cve('CVE-2002-0001')]);
  assert.equal((await synced(world, first.mark)).mark?.['cursor'], '2003-06-10T12:00:00.000Z');
});

test('changes of several pages are all read, and again where the list moved while it was read', async () => {
  const { state, world } = fakeNvd();
  const first = await synced(world, null);
  const all = Array.from({ length: 2002 }, (_, at) => cve(`CVE-2003-${1000 + at}`));
  state.api = telling(all);
  assert.equal((await synced(world, first.mark)).records.length, 2 * 2002);
  // The first item leaves the list after its first page: the item at 2000 stands at 1999 then, where nobody looks.
  state.api = (question, asked) => telling(asked < 6 ? all : all.slice(1))(question);
  state.asked.length = 0;
  const ids = (await synced(world, first.mark)).records.filter((line) => !line.includes('cpe'));
  assert.equal(new Set(ids).size, 2002);
  assert.equal(ids.length, 2002, 'each once');
});

test('a list that never stops moving ends the sync', async () => {
  const { state, world } = fakeNvd();
  const first = await synced(world, null);
  state.api = (question, asked) => {
    const from = Number(question.get('startIndex'));
    return json(page([cve(`CVE-2003-${1000 + asked}`)], 2001 + asked, from));
  };
  await assert.rejects(synced(world, first.mark), isFault('feed/failed', /changes faster/));
});

test('what is too old or too much for the API is read from the years that have changed', async () => {
  const { state, clock, world } = fakeNvd();
  const first = await synced(world, null);
  state.years.set(2003, [cve('CVE-2003-0001', '3.0')]);
  state.api = () => json(page([cve('CVE-2003-0009')], 20_001));
  const much = await synced(world, first.mark);
  assert.deepEqual(much.records, ['CVE-2003-0001', 'CVE-2003-0001 cpe 3.0']);
  assert.equal(much.complete, false);
  state.asked.length = 0;
  await clock.advance(120 * 86_400_000);
  assert.deepEqual((await synced(world, first.mark)).records, much.records);
  assert.ok(!state.asked.some((url) => url.includes('services.nvd')));
});

test('a mirror without the API is asked for its years, and is unchanged where they are', async () => {
  const { state, world } = fakeNvd();
  const first = await synced(world, null);
  assert.equal((await synced(world, first.mark)).kind, 'unchanged');
  state.years.set(2002, [cve('CVE-2002-0001'), cve('CVE-2002-0002')]);
  assert.equal((await synced(world, first.mark)).records.length, 4);
});

test('a key that NVD does not know is told, and is not taken for a mirror', async () => {
  const { state, world } = fakeNvd();
  const first = await synced(world, null);
  state.api = () => new Response(null, { status: 404, headers: { message: 'Invalid apiKey.' } });
  await assert.rejects(synced(world, first.mark), isFault('feed/failed', /404 \(Invalid apiKey\.\)/));
});

test('who is turned away for asking too often waits and asks again', async () => {
  const { state, clock, world } = fakeNvd();
  const first = await synced(world, null);
  const before = clock.now();
  state.api = (question, asked) =>
    asked < 4 ? new Response(null, { status: 403 }) : telling([cve('CVE-2003-0009')])(question);
  assert.equal((await synced(world, first.mark)).records.length, 2);
  assert.equal(clock.now() - before, 90_000);
});

test('who is turned away five times reads the years that have changed, but not in the middle of changes', async () => {
  const { state, world } = fakeNvd();
  const first = await synced(world, null);
  state.asked.length = 0;
  state.api = () => new Response(null, { status: 403 });
  assert.equal((await synced(world, first.mark)).kind, 'unchanged');
  assert.equal(state.asked.filter((url) => url.includes('services.nvd')).length, 5);
  state.asked.length = 0;
  const all = Array.from({ length: 2001 }, (_, at) => cve(`CVE-2003-${1000 + at}`));
  state.api = (question, asked) => (asked < 3 ? telling(all)(question) : new Response(null, { status: 403 }));
  await assert.rejects(synced(world, first.mark), isFault('feed/failed', /between two pages/));
});

test('corrections stand in the place of NVD, and come for CVEs that it does not have', async () => {
  const { state, world } = fakeNvd();
  state.corrections = {
    'CVE-2002-0001': { configurations: keel('7.0') },
    'CVE-2003-0001': { configurations: [] },
    'CVE-2003-0005': { configurations: keel('5.0') },
    'CVE-2003-0006': {},
    'CVE-2003-0007': 'not JSON',
  };
  assert.deepEqual((await synced(world, null)).records, [
    'CVE-2002-0001',
    'CVE-2002-0001 cpe 7.0',
    'CVE-2003-0001',
    'CVE-2003-0001 cpe removed',
    'CVE-2003-0005 cpe 5.0',
    'override CVE-2003-0007 it is no JSON object',
  ]);
});

test('a new correction is told though NVD has nothing new, an old one when NVD has', async () => {
  const { state, world } = fakeNvd();
  state.corrections = { 'CVE-2002-0001': { configurations: keel('7.0') } };
  const first = await synced(world, null);
  state.api = telling([]);
  assert.equal((await synced(world, first.mark)).kind, 'unchanged');
  state.corrections = { ...state.corrections, 'CVE-2003-0001': { configurations: keel('8.0') } };
  const second = await synced(world, first.mark);
  assert.deepEqual(second.records, ['CVE-2002-0001 cpe 7.0', 'CVE-2003-0001 cpe 8.0']);
  state.api = telling([cve('CVE-2002-0001', '9.0')]);
  assert.deepEqual((await synced(world, second.mark)).records, ['CVE-2002-0001', 'CVE-2002-0001 cpe 7.0']);
});

test('years and corrections that upstream lacks are named, and nothing is taken to be gone', async () => {
  const { state, world } = fakeNvd();
  state.years.delete(2002);
  const { missing, complete } = await synced(world, null);
  assert.deepEqual(missing, ['nvdcve-2.0-2002', 'nvd-data-overrides']);
  assert.equal(complete, false);
  state.years.clear();
  assert.equal((await synced(world, null)).kind, 'absent');
});

test('a year without a file yet is not missing', async () => {
  const { state, world } = fakeNvd();
  state.years.delete(2003);
  state.corrections = {};
  const { missing, complete } = await synced(world, null);
  assert.deepEqual([missing, complete], [[], true]);
});

const year2003 = 'https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2003.json.gz';

test('a file that breaks off is asked for again, and each of its records is told once', async () => {
  const { state, world } = fakeNvd();
  const items = Array.from({ length: 3000 }, (_, at) => cve(`CVE-2003-${1000 + at}`, `1.${(at * 7919) % 100_003}`));
  state.years.set(2003, items);
  const bytes = gzipSync(JSON.stringify(page(items)));
  let given = false;
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (given) return controller.error(new Error('reset'));
      given = true;
      controller.enqueue(bytes.subarray(0, bytes.length / 2));
    },
  });
  state.instead.set(year2003, [new Response(broken)]);
  const { records } = await synced(world, null);
  assert.equal(records.length, 2 + 2 * 3000);
  assert.equal(state.asked.filter((url) => url === year2003).length, 2);
});

test('a file that is damaged, cut off, another, or shorter than it says ends the sync', async () => {
  const whole = gzipSync(JSON.stringify(page([cve('CVE-2003-0001')])));
  const answers = [
    whole.subarray(0, whole.length - 20),
    gzipSync(JSON.stringify({ ...page([cve('CVE-2003-0001')]), resultsPerPage: 2 })),
    gzipSync(JSON.stringify({ CVE_data_format: 'MITRE', CVE_Items: [] })),
    gzipSync('<html></html>'),
  ];
  for (const answer of answers) {
    const { state, world } = fakeNvd();
    state.instead.set(year2003, [new Response(Buffer.from(answer))]);
    await assert.rejects(synced(world, null), isFault('feed/failed'));
  }
});

test('a damaged archive of corrections ends the sync before anything is told', async () => {
  const { state, world } = fakeNvd();
  state.instead.set(archive, [new Response(Buffer.from(gzipSync(Buffer.alloc(700, 1))))]);
  await assert.rejects(synced(world, null), isFault('feed/failed'));
});
