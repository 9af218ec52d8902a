import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { image, layer, writeOciArchive } from '#test/support/image-builder.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const program = join(import.meta.dirname, '../../../bin/plimsoll.ts');
const folder = await temporaryFolder();
const at = (name: string) => join(folder.path, name);
const environment = {
  PATH: process.env['PATH'],
  HOME: folder.path,
  XDG_CACHE_HOME: at('cache'),
  XDG_DATA_HOME: at('share'),
};

/** `plimsoll ARGV` as a process of its own. */
function start(argv: readonly string[]) {
  const child = spawn(process.execPath, [program, ...argv], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], out, err]) => ({ code: code as number | null, signal: signal as string | null, out, err }),
  );
  return { child, ended };
}

const run = (argv: readonly string[]) => start(argv).ended;
const scan = (data: string) => ['scan', at('app.tar'), '--offline', '--data', at(data), '-o', 'packages'];
const unfinished = async (data: string) =>
  (await readdir(at(data), { recursive: true })).filter((name) => /(^|\/)(lock|tmp\/.+|blobs\/~new\/.+)$/.test(name));

before(async () => {
  const files = Array.from({ length: 300 }, (_, i) => ({
    path: `srv/node_modules/p${i}/package.json`,
    content: JSON.stringify({ name: `p${i}`, version: `1.0.${i}` }),
  }));
  await writeOciArchive(at('app.tar'), [image({ layers: [layer(files)] })]);
});

after(() => folder[Symbol.asyncDispose]());

test('the program starts, and what it compiled is kept in the cache folder', async () => {
  const { code, out, err } = await run(['--version']);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
  assert.ok(existsSync(at('cache/plimsoll/modules')));
});

test('a reader that has seen enough does not change the verdict, and hears no complaint', async () => {
  // Port 22 is what the default bundle stops: the exit code to be kept is not that of a success.
  await writeOciArchive(at('ssh.tar'), [
    image({ layers: [layer([])], config: { config: { ExposedPorts: { '22/tcp': {} } } } }),
  ]);
  const argv = ['scan', at('ssh.tar'), '--offline', '--data', at('data'), '-o', 'json'];
  const child = spawn(process.execPath, [program, ...argv], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [[code], err] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  assert.deepEqual([code, err], [1, '']);
});

test('a signal ends a scan in the middle; the next one gives what an undisturbed one gives', async () => {
  const { out: undisturbed } = await run(scan('data'));
  assert.equal(undisturbed.split('\n').length, 302);
  for (const [signal, wanted] of [
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const) {
    const data = `data-${signal}`;
    const { child, ended } = start(scan(data));
    // The temporary folder is made by whoever has the lock.
    while (!existsSync(at(`${data}/tmp`)) && child.exitCode === null) await wait(5);
    child.kill(signal);
    const { code, out, err } = await ended;
    assert.deepEqual([code, out, err], [wanted, '', signal === 'SIGINT' ? 'plimsoll: ended by SIGINT\n' : '']);
    if (signal === 'SIGINT') assert.ok(!existsSync(at(`${data}/lock`)));
    assert.deepEqual(await run(scan(data)), { code: 0, signal: null, out: undisturbed, err: '' });
    assert.deepEqual(await unfinished(data), []);
  }
});

test('a failure is exit 2 and one line, without a stack', async () => {
  const { code, out, err } = await run(['scan', at('none.tar'), '--offline', '--data', at('data')]);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /^plimsoll: .*there is no file or folder.*\(input\/invalid\)\n$/);
});
