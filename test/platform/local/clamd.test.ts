import assert from 'node:assert/strict';
import { test } from 'node:test';
import { malwareScanner } from '#platform/local/malware-scanner.ts';
import type { MalwareAnswer, SuspectFile } from '#platform/malware.ts';
import { type FakeClamdOptions, startClamd } from '#test/fakes/clamd.ts';
import { isFault } from '#test/support/is-fault.ts';

const temporaryPath = '/nowhere/needed';
const marker = (content: Buffer) => (content.includes('marker') ? 'Test.Marker FOUND' : 'OK');

async function* files(...bodies: (string | Iterable<Uint8Array>)[]): AsyncGenerator<SuspectFile> {
  for (const [at, body] of bodies.entries())
    yield { id: `f${at}`, body: typeof body === 'string' ? [Buffer.from(body)] : body };
}

async function scanned(options: FakeClamdOptions, suspects: AsyncIterable<SuspectFile>) {
  await using fake = await startClamd(options);
  const scanner = malwareScanner({ scanner: 'clamd', address: fake.address })!;
  const answers: MalwareAnswer[] = [];
  let thrown: unknown = null;
  try {
    for await (const answer of scanner.scan(suspects, { temporaryPath })) answers.push(answer);
  } catch (error) {
    thrown = error;
  }
  return { answers, thrown, streams: fake.streams.map((one) => one.toString()), connections: fake.connections };
}

test('files go to clamd as streams over one connection, and it says what is in them', async () => {
  const pieces = [Buffer.from('a mar'), Buffer.alloc(0), Buffer.from('ker')];
  const { answers, streams, connections } = await scanned({ says: marker }, files('clean', pieces, 'marker', ''));
  assert.deepEqual(answers, [
    { kind: 'found', id: 'f1', signature: 'Test.Marker' },
    { kind: 'found', id: 'f2', signature: 'Test.Marker' },
  ]);
  assert.deepEqual(streams, ['clean', 'a marker', 'marker', '']);
  assert.equal(connections, 1);
});

test('a file over the limit of clamd was not looked into; those after it are', async () => {
  const large = Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024));
  const { answers, connections } = await scanned({ says: marker, most: 1024 * 1024 }, files('clean', large, 'marker'));
  assert.deepEqual(answers, [
    { kind: 'unread', id: 'f1', problem: 'INSTREAM size limit exceeded' },
    { kind: 'found', id: 'f2', signature: 'Test.Marker' },
  ]);
  assert.equal(connections, 2);
});

test('what passes a limit within the scanner is not clean', async () => {
  const { answers } = await scanned({ says: () => 'Heuristics.Limits.Exceeded.MaxScanTime FOUND' }, files('zip'));
  assert.deepEqual(answers, [
    {
      kind: 'unread',
      id: 'f0',
      problem: 'passes a limit of the scanner (Heuristics.Limits.Exceeded.MaxScanTime)',
    },
  ]);
});

test('a clamd that breaks off, or is not there, gives no result', async () => {
  const { answers, thrown } = await scanned({ says: marker, leavesAfter: 1 }, files('marker', 'marker', 'marker'));
  assert.equal(answers.length, 1);
  assert.ok(isFault('network/unreachable', /clamd at 127\.0\.0\.1:\d+ does not answer/)(thrown));
  const fake = await startClamd({ says: marker });
  await fake[Symbol.asyncDispose]();
  for (const address of [fake.address, '/nowhere/clamd.sock']) {
    const scanner = malwareScanner({ scanner: 'clamd', address })!;
    await assert.rejects(
      scanner.databases(),
      isFault('network/unreachable', /does not answer \((ECONNREFUSED|ENOENT)\)/),
    );
  }
});

test('the version of its daily database is told where it has one', async () => {
  for (const [version, databases] of [
    ['ClamAV 1.4.6/27811/Sat Nov 21 09:26:33 2026', { daily: '27811' }],
    ['ClamAV 1.4.6', {}],
  ] as const) {
    await using fake = await startClamd({ says: marker, version });
    assert.deepEqual(await malwareScanner({ scanner: 'clamd', address: fake.address })!.databases(), databases);
  }
});

test('what cannot be read ends the scan with its own reason', async () => {
  async function* broken(): AsyncGenerator<SuspectFile> {
    yield { id: 'a', body: [Buffer.from('a')] };
    throw new Error('the layer is cut off');
  }
  const { thrown } = await scanned({ says: marker }, broken());
  assert.match((thrown as Error).message, /the layer is cut off/);
});

test('a scan can be ended', async () => {
  await using fake = await startClamd({ says: marker });
  const scanner = malwareScanner({ scanner: 'clamd', address: fake.address })!;
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(async () => {
    for await (const _ of scanner.scan(files('a', 'b'), { temporaryPath, signal }));
  }, /enough/);
  assert.deepEqual(fake.streams, []);
});

test('files go to a clamd of this machine only', () => {
  for (const address of ['10.0.0.1:3310', 'clamd.example:3310', '[2001:db8::1]:3310'])
    assert.throws(() => malwareScanner({ scanner: 'clamd', address }), isFault('network/refused', /another machine/));
  for (const address of ['clamd', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:99999', ''])
    assert.throws(() => malwareScanner({ scanner: 'clamd', address }), isFault('input/invalid', /neither/));
  for (const address of ['localhost:3310', '[::1]:3310', '::1:3310']) malwareScanner({ scanner: 'clamd', address });
  assert.equal(malwareScanner({ scanner: 'off' }), null);
});
