import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Group } from '#functions/cli/client/leaf.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { wireServer } from '#test/support/wire-server.ts';
import { commands } from '../../../bin/commands.ts';
import { accountRows } from './wire/account.ts';
import { archiveRows } from './wire/analysis-archive.ts';
import { correctionRows } from './wire/corrections.ts';
import { evaluateRows } from './wire/evaluate.ts';
import { eventRows } from './wire/event.ts';
import { imageRows } from './wire/image.ts';
import { imageContentRows } from './wire/image-content.ts';
import { policyRows } from './wire/policy.ts';
import { queryRows } from './wire/query.ts';
import { registryRows } from './wire/registry.ts';
import { repositoryRows } from './wire/repo.ts';
import type { Row } from './wire/row.ts';
import { subscriptionRows } from './wire/subscription.ts';
import { systemRows } from './wire/system.ts';

const rows: readonly Row[] = [
  ...[...imageRows, ...imageContentRows, ...evaluateRows, ...policyRows, ...correctionRows],
  ...[...subscriptionRows, ...repositoryRows, ...eventRows, ...systemRows],
  ...[...registryRows, ...accountRows, ...archiveRows, ...queryRows],
];

for (const row of rows)
  test(`plimsoll ${row.argv.slice(0, 2).join(' ')}: ${row.says}`, async () => {
    await using server = await wireServer(row.answers);
    const argv = row.argv.map((word) => (word === 'HUB' ? server.url : word));
    const { code, out, err } = await plimsoll(argv, {
      env: { PLIMSOLL_URL: `${server.url}/v1`, PLIMSOLL_USER: 'ann', PLIMSOLL_PASS: 'sesame' },
      ...(row.stdin === undefined ? {} : { stdin: row.stdin }),
    });
    if (row.asks.length > 0 || server.requests.length < 2)
      assert.deepEqual(
        server.requests.map(({ line }) => line),
        row.asks,
        err,
      );
    for (const text of row.shows ?? [])
      if (typeof text === 'string') assert.ok(out.includes(text), out);
      else assert.match(out, text);
    if (row.complains === undefined) assert.equal(err, '');
    else assert.match(err, row.complains);
    assert.equal(code, row.code ?? 0);
    if (row.body !== undefined) assert.deepEqual(server.requests.at(-1)?.body, row.body);
    const login = `Basic ${Buffer.from('ann:sesame').toString('base64')}`;
    for (const { line, headers } of server.requests)
      assert.equal(headers['authorization'], line.includes(' /v1') ? login : undefined);
  });

test('every command of a server is tried over the wire', async () => {
  for (const { name, load } of commands) {
    const command = await load();
    if (!('leaves' in command)) continue;
    for (const leaf of (command satisfies Group).leaves) {
      const words = [name, ...leaf.words.split(' ')];
      const tried = rows.some(({ argv }) => words.every((word, at) => argv[at] === word));
      assert.ok(tried, words.join(' '));
    }
  }
});
