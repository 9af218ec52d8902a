import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { version } from '#core/version.ts';
import type { CommandEntry } from '#functions/cli/command.ts';
import { plimsoll } from '#test/support/command-line.ts';

/** A verb that ends as it is told to. */
const failing = (thrown: unknown): readonly CommandEntry[] => [
  {
    name: 'fail',
    summary: 'Fails',
    load: async () => ({ usage: 'fail', help: '', options: {}, run: () => Promise.reject(thrown) }),
  },
];

test('the version and the help go to stdout, and all is well', async () => {
  for (const word of ['--version', '-V', 'version'])
    assert.deepEqual(await plimsoll([word]), { code: 0, out: `${version}\n`, err: '' });
  for (const word of ['--help', '-h', 'help']) {
    const { code, out, err } = await plimsoll([word]);
    assert.deepEqual([code, err], [0, '']);
    for (const verb of ['scan', 'serve', 'feeds']) assert.match(out, new RegExp(`^  ${verb} +\\S`, 'm'));
  }
});

test('without a verb the help goes to stderr: an empty variable in a script is not a pass', async () => {
  const { code, out, err } = await plimsoll([]);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /^usage: plimsoll COMMAND/m);
});

test('every verb has help that names its options', async () => {
  const options = {
    scan: ['--platform', '--output', '--sort', '--policy', '--tag', '--data', '--feeds-mirror', '--offline', '--quiet'],
    serve: ['--host', '--port', '--data', '--feeds-mirror', '--offline'],
    feeds: ['--all', '--force', '--to', '--sha256', '--output', '--data', '--feeds-mirror', '--offline'],
  };
  for (const [verb, names] of Object.entries(options)) {
    const { code, out } = await plimsoll([verb, '--help']);
    assert.equal(code, 0);
    for (const name of names) assert.ok(out.includes(name), `${verb} ${name}`);
    assert.deepEqual(await plimsoll(['help', verb]), { code, out, err: '' });
  }
});

const wrong: readonly (readonly [argv: readonly string[], line: RegExp])[] = [
  [['scam', 'x'], /'scam' is no command; did you mean scan\?/],
  [['frobnicate'], /'frobnicate' is no command; give scan, serve, feeds/],
  [['help', 'scna'], /did you mean scan\?/],
  [['scan'], /give the image to scan/],
  [['scan', ''], /give the image to scan/],
  [['scan', 'a', 'b'], /'b' is one word too many/],
  [['scan', 'x', '--ofline'], /there is no option --ofline; did you mean --offline\?/],
  [['scan', 'x', '--constructor'], /there is no option --constructor/],
  [['scan', 'x', '-z'], /there is no option -z/],
  [['scan', 'x', '--data'], /--data needs a value/],
  [['scan', 'x', '--data', '--offline'], /--data needs a value, and '--offline' looks like an option/],
  [['scan', 'x', '--data='], /--data is empty/],
  [['scan', 'x', '--offline=yes'], /--offline takes no value/],
  [['scan', 'x', '-o', 'xml'], /--output xml: give FORMAT or FORMAT=FILE, with a format of table, json, packages/],
  [['scan', 'x', '-o', 'json='], /--output json=: give FORMAT/],
  [['scan', 'x', '-o', 'json', '-o', 'table'], /only one report can go to the standard output/],
  [['scan', 'x', '-o', 'json=r', '-o', 'table=./r'], /two reports cannot go to the same file/],
  [['scan', 'x', '-o', 'json=/nonexistent/r'], /there is no folder \/nonexistent; make it first/],
  [['scan', 'x', '-o', 'json=/'], /it is a folder; name a file in it/],
  [['scan', 'x', '--tag', 'Not A Tag'], /'Not A Tag' is not an image reference/],
  [['scan', 'https://registry/x'], /leave out the scheme/],
  [['scan', 'x', '--feeds-mirror', '/nonexistent'], /there is no feeds mirror at '\/nonexistent'/],
  [['scan', 'x', '--feeds-mirror', 'ftp://x/y'], /a URL of ftp; give a folder or an http\(s\) URL/],
  [['scan', 'x', '--data', import.meta.filename], /there is a file of that name\); give another one with --data/],
  [['serve', 'x'], /'x' is one word too many/],
  [['serve', '--port', ''], /--port is empty/],
  [['serve', '--port', '99999'], /--port 99999: give 0 to 65535/],
  [['serve', '--port', '0x10'], /--port 0x10: give 0 to 65535/],
  [['feeds'], /give list, show, sync, accept, export, import;/],
  [['feeds', 'list', 'alpine:3.20'], /feeds list takes nothing after it/],
];

for (const [argv, line] of wrong)
  test(`'plimsoll ${argv.join(' ').replace(import.meta.filename, 'FILE')}' is refused in one line`, async () => {
    const { code, out, err } = await plimsoll(argv);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, line);
    assert.match(err, /^plimsoll: .+ \(input\/invalid\)\n$/);
  });

test('a password that no account may have is refused before the data folder is made', async () => {
  const { code, err } = await plimsoll(['serve'], { env: { PLIMSOLL_ADMIN_PASSWORD: 's3cre' } });
  assert.deepEqual([code, err.includes('s3cre')], [2, false]);
  assert.match(err, /^plimsoll: PLIMSOLL_ADMIN_PASSWORD: a password has 6 to 128 characters/);
});

test('a failure is one line that can be printed, with its code', async () => {
  const { code, err } = await plimsoll(['fail'], {
    commands: failing(new Fault('image/corrupt', 'layer\n  of \u001b[31m\u202eevil')),
  });
  assert.deepEqual([code, err], [2, 'plimsoll: layer of \ufffd[31m\ufffdevil (image/corrupt)\n']);
});

test('passwords in what was given are not repeated', async () => {
  const said = 'https://user:s3cret@host/x and user:s3cret@host, but name:tag@sha256:00 stays';
  const { err } = await plimsoll(['fail'], { commands: failing(new Fault('input/invalid', said)) });
  assert.ok(!err.includes('s3cret'), err);
  assert.ok(err.includes('user:***@host/x') && err.includes('name:tag@sha256:00'), err);
});

test('a defect is one line too, and shows its stack only to those who ask', async () => {
  const commands = failing(new TypeError('x is not a function'));
  const plain = await plimsoll(['fail'], { commands });
  assert.deepEqual(plain, { code: 2, out: '', err: 'plimsoll: x is not a function (internal/failed)\n' });
  const asked = await plimsoll(['fail'], { commands, env: { PLIMSOLL_DEBUG: '1' } });
  assert.match(asked.err, /^\s+at /m);
});
