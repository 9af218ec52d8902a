import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { plimsoll } from '#test/support/command-line.ts';
import { commands } from '../../bin/commands.ts';
import type { AnchoreClient } from './anchore-client.ts';
import { openWorld } from './conformance-world.ts';
import { accountScript } from './scripts/account.ts';
import { archiveScript } from './scripts/analysis-archive.ts';
import { correctionScript } from './scripts/corrections.ts';
import { evaluateScript } from './scripts/evaluate.ts';
import { eventScript } from './scripts/event.ts';
import { imageScript } from './scripts/image.ts';
import { policyScript } from './scripts/policy.ts';
import { queryScript } from './scripts/query.ts';
import { registryScript } from './scripts/registry.ts';
import { repoScript } from './scripts/repo.ts';
import { subscriptionScript } from './scripts/subscription.ts';
import { systemScript } from './scripts/system.ts';
import { type Line, type Script, sessionOf } from './session.ts';

/** The scripts that the original's client goes through, each with whether the administrator types it. */
const scripts: readonly (readonly [name: string, script: Script, administrator: boolean])[] = [
  ['image', imageScript, false],
  ['policy', policyScript, false],
  ['evaluate', evaluateScript, false],
  ['registry', registryScript, false],
  ['repo', repoScript, false],
  ['subscription', subscriptionScript, false],
  ['event', eventScript, false],
  ['query', queryScript, false],
  ['analysis-archive', archiveScript, false],
  ['corrections', correctionScript, false],
  ['account', accountScript, true],
  ['system', systemScript, true],
];

/** What came of each script; those of administrators come last, since they change the world of all others. */
const played = new Map<string, { readonly lines: readonly Line[]; readonly broken: unknown }>();

before(async () => {
  await using world = await openWorld();
  const client: AnchoreClient = { version: '', commands: ['help', ...(await ownCommands())], run };
  const play = async (name: string, script: Script, administrator: boolean) => {
    const lines: Line[] = [];
    const broken = await script(
      sessionOf(client, world, administrator ? world.admin : await world.crew(`own-${name}`), lines),
    ).catch((thrown: unknown) => thrown);
    played.set(name, { lines, broken });
  };
  const next = scripts.filter(([, , administrator]) => !administrator).values();
  // Most of the time is waiting: for an image, for the second between two looks.
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const line of next) await play(...line);
    }),
  );
  for (const line of scripts.filter(([, , administrator]) => administrator)) await play(...line);
});

for (const [name] of scripts)
  test(`commands of ${name} end as those of anchore-cli do`, () => {
    const { lines, broken } = played.get(name)!;
    const different = lines.filter(({ exit, wanted }) => exit !== wanted);
    assert.deepEqual(
      different.map(({ typed, exit, wanted, printed }) => ({ typed, exit, wanted, printed })),
      [],
    );
    assert.equal(broken, undefined);
    assert.ok(lines.length > 0);
  });

async function ownCommands(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, load } of commands) {
    const command = await load();
    if ('leaves' in command) found.push(...command.leaves.map(({ words }) => `${name} ${words}`));
  }
  return found;
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>>, stdin = '') {
  const started = performance.now();
  const { code, out, err } = await plimsoll(argv, { env, stdin });
  return { exit: code, stdout: out, stderr: err, milliseconds: performance.now() - started };
}
