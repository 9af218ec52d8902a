import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalOptions } from '#functions/cli/client/global-options.ts';
import type { Group } from '#functions/cli/client/leaf.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { wireServer } from '#test/support/wire-server.ts';
import { commands } from '../../../../bin/commands.ts';

const groups: Group[] = [];
for (const { load } of commands) {
  const command = await load();
  if ('leaves' in command) groups.push(command);
}

test('options of all commands stand before the command, behind it, and between its words', async () => {
  await using server = await wireServer({ 'GET /system/feeds': [] });
  for (const argv of [
    ['--url', server.url, '--json', 'system', 'feeds', 'list'],
    ['system', `--url=${server.url}`, 'feeds', '--json', 'list'],
    ['system', 'feeds', 'list', '-o', 'json', '--url', server.url],
    ['-o', 'json', `--url=${server.url}`, '-q', 'system', 'feeds', 'list'],
    ['--api-version', '0.1.20', '--url', server.url, '--json', 'system', 'feeds', 'list'],
  ])
    assert.deepEqual(await plimsoll(argv), { code: 0, out: '[]\n', err: '' }, argv.join(' '));
});

test('what looks like an option behind -- is none', async () => {
  await using server = await wireServer({ 'GET /registries/--url': [] });
  const { err } = await plimsoll(['registry', 'get', '--url', server.url, '--', '--url']);
  assert.equal(err, '');
  assert.equal(server.requests[0]?.line, 'GET /registries/--url');
});

test('help is there for each word of each command, and tells all that it takes', async () => {
  for (const group of groups)
    for (const leaf of group.leaves) {
      const words = [group.name, ...leaf.words.split(' ')];
      for (const argv of [
        [...words, '--help'],
        [...words, '-h'],
        [...words, 'help'],
        ['help', ...words],
      ]) {
        const { code, out, err } = await plimsoll(argv);
        assert.deepEqual([code, err], [0, ''], argv.join(' '));
        assert.ok(out.startsWith(`usage: plimsoll ${words.join(' ')}`), out);
        for (const { name } of [...(leaf.arguments ?? []), ...(leaf.options ?? [])])
          assert.ok(out.includes(name), name);
        for (const line of out.split('\n')) assert.ok(line.length <= 124, line);
      }
      for (const argv of [words.slice(0, 1), words.slice(0, -1)]) {
        const { code, out } = await plimsoll([...argv, '--help']);
        assert.equal(code, 0);
        assert.ok(
          out.includes(
            `  ${leaf.words
              .split(' ')
              .slice(argv.length - 1)
              .join(' ')} `,
          ),
          out,
        );
        const silent = await plimsoll(argv);
        assert.deepEqual([silent.code, silent.out, silent.err], [2, '', out]);
      }
    }
});

const mistyped: readonly (readonly [line: string, message: RegExp])[] = [
  ['imge list', /'imge' is no command; did you mean image\?/],
  ['image lst', /'image lst' is no command; did you mean plimsoll image list\?/],
  ['image frobnicate', /'image frobnicate' is no command; give add, get, list,/],
  ['system feds list', /'system feds' is no command; did you mean plimsoll system feeds\?/],
  ['account user ad', /did you mean plimsoll account user add\?/],
  ['policy hub', /usage: plimsoll policy hub COMMAND/],
  ['image add x --annotaton a=b', /there is no option --annotaton; did you mean --annotation\?/],
  ['image list --force', /image list: there is no option --force/],
  ['image list x', /'x' is one word too many/],
  ['image get', /image get: IMAGE is missing; see plimsoll image get --help/],
  ['image wait x --timeout soon', /--timeout soon is no number/],
  ['image wait x --timeout', /--timeout needs a value/],
  ['image add x --force=yes', /--force takes no value/],
  ['--ulr x image list', /'--ulr' is no option of commands/],
  ['--url', /usage: plimsoll COMMAND/],
];

for (const [line, message] of mistyped)
  test(`'plimsoll ${line}' is answered with what may have been meant`, async () => {
    const { code, out, err } = await plimsoll(line.split(' '));
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, message);
  });

test('an option is a switch, or takes a value, alike in all commands of a group', () => {
  // The words of a command are found before it is known which: options are read as those of the whole group.
  for (const { name, leaves } of groups) {
    const kinds = new Map<string, boolean>();
    for (const option of [...globalOptions, ...leaves.flatMap(({ options = [] }) => options)]) {
      const takes = option.value !== undefined;
      assert.equal(kinds.get(option.name) ?? takes, takes, `${name} --${option.name}`);
      kinds.set(option.name, takes);
    }
  }
});

test('no two commands of a group have the same words, and none is the beginning of another', () => {
  for (const { name, leaves } of groups)
    for (const [at, { words }] of leaves.entries())
      for (const other of leaves.slice(at + 1)) {
        assert.ok(!`${other.words} `.startsWith(`${words} `), `${name}: ${words}, ${other.words}`);
        assert.ok(!`${words} `.startsWith(`${other.words} `), `${name}: ${words}, ${other.words}`);
      }
});

test('arguments that may be left out, or take many, stand last', () => {
  for (const { leaves } of groups)
    for (const { words, arguments: taken = [] } of leaves)
      for (const [at, { optional, many }] of taken.entries())
        if (at < taken.length - 1) assert.ok(!many && !optional, words);
});
