import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { valueAt } from '#functions/cli/client/value-at.ts';
import { type CommandLineOptions, plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { type WireServer, wireServer } from '#test/support/wire-server.ts';

const answers = { 'GET /registries': [] };
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Who asks, by a command line. */
async function asked(server: WireServer, argv: readonly string[], options: CommandLineOptions = {}) {
  const ended = await plimsoll([...argv], options);
  return { ...ended, request: server.requests.at(-1) };
}

test('the order is: variables of anchore-cli, the file, variables of plimsoll, options', async () => {
  await using server = await wireServer(answers);
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, '.anchore'));
  const file = `default:\n  ANCHORE_CLI_USER: of-file\n  ANCHORE_CLI_PASS: file\n  ANCHORE_CLI_URL: ${server.url}/v1\n`;
  await writeFile(join(folder.path, '.anchore/credentials.yaml'), file);
  const anchore = {
    ANCHORE_CLI_USER: 'of-variable',
    ANCHORE_CLI_PASS: 'variable',
    ANCHORE_CLI_URL: 'http://127.0.0.1:1',
  };
  const own = { PLIMSOLL_USER: 'of-own', PLIMSOLL_PASS: 'own' };
  const home = { HOME: folder.path };
  const list = ['registry', 'list'];
  const who = async (argv: readonly string[], env: Readonly<Record<string, string>>) => {
    const { request, err } = await asked(server, argv, { env });
    assert.equal(err, '');
    return request?.headers['authorization'];
  };
  const url = { ANCHORE_CLI_URL: `${server.url}/v1` };
  assert.equal(await who(list, { ...anchore, ...url }), basic('of-variable', 'variable'));
  assert.equal(await who(list, { ...anchore, ...home }), basic('of-file', 'file'));
  assert.equal(await who(list, { ...anchore, ...home, ...own }), basic('of-own', 'own'));
  assert.equal(
    await who(['--u', 'of-option', '--p', 'option', ...list], { ...anchore, ...home, ...own }),
    basic('of-option', 'option'),
  );
  assert.equal(await who([...list, '--u', 'of-option', '--p=-x'], { ...home, ...own }), basic('of-option', '-x'));
});

test('another credentials file is named by an option or a variable, and has to be there', async () => {
  await using server = await wireServer(answers);
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'other.yaml');
  await writeFile(file, `default:\n  PLIMSOLL_URL: ${server.url}\n  PLIMSOLL_TOKEN: t0ken\n  PLIMSOLL_ACCOUNT: crew\n`);
  for (const [argv, env] of [
    [['registry', 'list', '--config', file], {}],
    [['registry', 'list'], { ANCHORE_CLI_CONFIG: file }],
    [['registry', 'list'], { PLIMSOLL_CONFIG: file }],
  ] as const) {
    const { request, code } = await asked(server, argv, { env });
    assert.deepEqual([code, request?.line], [0, 'GET /registries']);
    assert.equal(request?.headers['authorization'], 'Bearer t0ken');
    assert.equal(request?.headers['x-anchore-account'], 'crew');
  }
  const missing = await plimsoll(['registry', 'list', '--config', join(folder.path, 'none')]);
  assert.deepEqual([missing.code, missing.out], [2, '']);
  assert.match(missing.err, /there is no credentials file/);
});

test('a token is sent unless a user is named on the command line', async () => {
  await using server = await wireServer(answers);
  const env = { PLIMSOLL_URL: server.url, PLIMSOLL_TOKEN: 't0ken', PLIMSOLL_USER: 'ann', PLIMSOLL_PASS: 'sesame' };
  assert.equal((await asked(server, ['registry', 'list'], { env })).request?.headers['authorization'], 'Bearer t0ken');
  const named = await asked(server, ['registry', 'list', '--u', 'bob'], { env });
  assert.equal(named.request?.headers['authorization'], basic('bob', 'sesame'));
});

test('who is not named is nobody, and the account that is meant is a header', async () => {
  await using server = await wireServer(answers);
  const { request } = await asked(server, ['--as-account', 'crew', 'registry', 'list', '--url', server.url]);
  assert.equal(request?.headers['authorization'], undefined);
  assert.equal(request?.headers['x-anchore-account'], 'crew');
});

test('user and password may stand in the URL, and are never shown', async () => {
  await using server = await wireServer({});
  const url = server.url.replace('//', '//ann:ses%40me@');
  const { request, err, code } = await asked(server, ['registry', 'list', '--url', `${url}/v1/`, '--debug']);
  assert.deepEqual([code, request?.line], [1, 'GET /v1/registries']);
  assert.equal(request?.headers['authorization'], basic('ann', 'ses@me'));
  assert.doesNotMatch(err, /ses/);
  assert.match(err, /plimsoll: GET \/v1\/registries 404\n/);
});

test('a password comes by the standard input, and what a command reads there comes after it', async () => {
  await using server = await wireServer({ ...answers, 'POST /registries': [] });
  const login = ['--url', server.url, '--u', 'ann', '--password-stdin'];
  const listed = await asked(server, ['registry', 'list', ...login], { stdin: 'ses me\r\nmore\n' });
  assert.equal(listed.request?.headers['authorization'], basic('ann', 'ses me'));
  const added = await asked(server, ['registry', 'add', 'quay.io', 'me', '-', ...login], {
    stdin: 'for-login\nfor-registry\n',
  });
  assert.equal(added.request?.headers['authorization'], basic('ann', 'for-login'));
  assert.equal(valueAt(added.request?.body, 'registry_pass'), 'for-registry');
  const empty = await plimsoll(['registry', 'list', ...login], { stdin: '' });
  assert.deepEqual([empty.code, /standard input, which is empty/.test(empty.err)], [2, true]);
});

const wrong: readonly (readonly [argv: readonly string[], line: RegExp])[] = [
  [['registry', 'list', '--url', 'localhost:8228'], /'localhost:8228', is no http or https URL/],
  [['registry', 'list', '--url', 'ftp://a:b@c'], /'ftp:\/\/\.\.\.@c', is no http/],
  [['registry', 'list', '--output', 'xml'], /--output xml: give table, json or csv/],
  [['registry', 'list', '--u', 'ann'], /nobody is there to type it: set PLIMSOLL_PASS/],
  [['registry', 'list', '--password-stdin'], /standard input, which is empty/],
  [['registry', 'list', '--json', '--sort', 'user'], /--sort is for tables and csv/],
  [['registry', 'list', '--url='], /registry list: --url is empty/],
];

for (const [argv, line] of wrong)
  test(`'plimsoll ${argv.join(' ')}' is refused in one line`, async () => {
    const { code, out, err } = await plimsoll(argv);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, line);
  });
