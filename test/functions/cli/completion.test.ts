import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { completionNodes } from '#functions/cli/completion/nodes.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { commands } from '../../../bin/commands.ts';

const run = promisify(execFile);
const has = (shell: string) =>
  (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(`${folder}/${shell}`));
const skipped = (shell: string) => (has(shell) === undefined ? ` (skipped: there is no ${shell})` : '');

const cases: readonly (readonly [words: readonly string[], offered: readonly string[], missing: readonly string[]])[] =
  [
    [[''], ['scan', 'image', 'analysis-archive', 'completion'], ['--url', 'add']],
    [['im'], ['image'], ['scan']],
    [
      ['image', ''],
      ['add', 'vuln'],
      ['feeds', '--force'],
    ],
    [
      ['image', 'add', '--'],
      ['--force', '--annotation', '--url', '--output'],
      ['--vendor-only', '--api-version'],
    ],
    [['image', 'content', 'alpine', ''], ['os', 'malware'], ['archive']],
    [['system', 'feeds', ''], ['list', 'sync', 'config', 'delete'], ['status']],
    [['account', 'user', 'setpassword', 'x', '--u'], ['--username', '--url', '--u'], ['--email']],
    [['analysis-archive', 'rules', 'add', '1', '2', ''], ['archive', 'delete'], ['images']],
    [['scan', '--pl'], ['--platform', '--plain-http'], ['--url']],
  ];

for (const [words, offered, missing] of cases) {
  test(`bash completes 'plimsoll ${words.join(' ')}'${skipped('bash')}`, {
    skip: has('bash') === undefined,
  }, async () => {
    const { out: script } = await plimsoll(['completion', 'bash']);
    const line = `COMP_WORDS=(plimsoll ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}`;
    const { stdout } = await run('bash', ['-uc', `${script}\n${line}\n_plimsoll\nprintf '%s\\n' "\${COMPREPLY[@]}"`]);
    check(stdout.trim().split('\n'), offered, missing);
  });

  test(`fish completes 'plimsoll ${words.join(' ')}'${skipped('fish')}`, {
    skip: has('fish') === undefined,
  }, async () => {
    await using folder = await temporaryFolder();
    const script = join(folder.path, 'plimsoll.fish');
    await writeFile(script, (await plimsoll(['completion', 'fish'])).out);
    const { stdout } = await run('fish', [
      '--no-config',
      '-c',
      `source ${script}; complete -C 'plimsoll ${words.join(' ')}'`,
    ]);
    check(
      stdout
        .trim()
        .split('\n')
        .map((one) => one.split('\t')[0]!),
      offered,
      missing,
    );
  });
}

test(`zsh reads what it completes by${skipped('zsh')}`, { skip: has('zsh') === undefined }, async () => {
  const { out: script } = await plimsoll(['completion', 'zsh']);
  const stubs = 'compdef() { true }\n_describe() { print -l -- $found }\n';
  const at = 'words=(plimsoll image add ""); CURRENT=4';
  const { stdout } = await run('zsh', ['-fc', `${stubs}${script}\n${at}\n_plimsoll`]);
  check(
    stdout
      .trim()
      .split('\n')
      .map((one) => one.split(':')[0]!),
    ['--force', '--wait'],
    ['--email'],
  );
});

test('a shell that is not known is refused with those that are', async () => {
  for (const argv of [
    ['completion'],
    ['completion', 'tcsh'],
    ['completion', 'toString'],
    ['completion', 'bash', 'zsh'],
  ]) {
    const { code, err } = await plimsoll(argv);
    assert.deepEqual([code, /give one of bash, zsh, fish/.test(err)], [2, true], argv.join(' '));
  }
});

test('words of commands need no quoting in any shell', async () => {
  for (const { words, options, path } of await completionNodes(commands))
    for (const { word } of [...words, ...options, ...path.map((one) => ({ word: one }))])
      assert.match(word, /^[\w-]+$/);
});

function check(found: readonly string[], offered: readonly string[], missing: readonly string[]): void {
  for (const word of offered) assert.ok(found.includes(word), `${word} in ${found.join(' ')}`);
  for (const word of missing) assert.ok(!found.includes(word), `${word} not in ${found.join(' ')}`);
}
