import { anchoreClient, type AnchoreClient } from './anchore-client.ts';
import { openWorld, type Sailor } from './conformance-world.ts';
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
import { shortNamesScript } from './scripts/short-names.ts';
import { subscriptionScript } from './scripts/subscription.ts';
import { systemScript } from './scripts/system.ts';
import { type Line, type Script, sessionOf } from './session.ts';

/**
 * `npm run test:conformance`: the real anchore-cli, unmodified, goes through every one of its commands against `plimsoll serve` as a
 * user would. Prints a line for each command line, with exit code and what it printed beside what is wanted, and ends with 1 when one
 * differs or a command of the client was not tried both well and badly. Where the client cannot be had (no Python, no PyPI) that is said
 * and fails nothing. Arguments name the scripts to run alone; ANCHORE_CLI_SOURCE a folder with another release of the client.
 */

const scripts: Readonly<Record<string, Script>> = {
  image: imageScript,
  policy: policyScript,
  evaluate: evaluateScript,
  registry: registryScript,
  repo: repoScript,
  subscription: subscriptionScript,
  event: eventScript,
  query: queryScript,
  'short-names': shortNamesScript,
  'analysis-archive': archiveScript,
  corrections: correctionScript,
  account: accountScript,
  system: systemScript,
};
/** Typed by the administrator; all others have an account of their own. */
const administrators = ['account', 'system'];
/** What changes the world of all others comes after them. */
const last = ['system'];
/** Commands that cannot go wrong, or never go well: no engine has the route that `image import` calls, and services here are never away. */
const only: Readonly<Record<string, 'good' | 'bad'>> = { help: 'good', 'image import': 'bad', 'system del': 'bad' };
/** So many people type at once. */
const lanes = 3;

const asked = process.argv.slice(2);
const started = performance.now();
const client = await anchoreClient(process.env['ANCHORE_CLI_SOURCE']);
if ('reason' in client) {
  console.log(`anchore-cli was not run: ${client.reason}`);
  process.exitCode = client.kind === 'broken' ? 1 : 0;
} else process.exitCode = (await proven(client)) ? 0 : 1;

async function proven(client: AnchoreClient): Promise<boolean> {
  await using world = await openWorld();
  const names = Object.keys(scripts).filter((name) => asked.length === 0 || asked.includes(name));
  const lines = new Map<string, Line[]>(names.map((name) => [name, []]));
  const broken: string[] = [];
  const play = async (name: string) => {
    try {
      const sailor: Sailor = administrators.includes(name) ? world.admin : await world.crew(`of-${name}`);
      await scripts[name]!(sessionOf(client, world, sailor, lines.get(name)!));
    } catch (thrown) {
      broken.push(`${name}: ${thrown}`);
    }
  };
  const first = names.filter((name) => !last.includes(name));
  const next = first.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const name of next) await play(name);
    }),
  );
  for (const name of names.filter((one) => last.includes(one))) await play(name);
  return show(client, [...lines.values()].flat(), broken);
}

function show(client: AnchoreClient, lines: readonly Line[], broken: readonly string[]): boolean {
  console.log(`anchore-cli ${client.version}\n`);
  console.log('     exit wanted  command line and what it printed');
  for (const line of lines) console.log(textOf(line));
  const failed = lines.filter(({ differences }) => differences.length > 0);
  const untried = asked.length > 0 ? [] : client.commands.flatMap((command) => untriedOf(command, lines));
  for (const text of [...broken.map((one) => `the script broke off: ${one}`), ...untried])
    console.log(`FAILED ${text}`);
  const tried = new Set(lines.map(({ command }) => command));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `\n${tried.size} of ${client.commands.length} commands, ${lines.length} command lines, ${failed.length} differ, in ${seconds} s`,
  );
  return failed.length + broken.length + untried.length === 0;
}

function textOf({ typed, exit, wanted, printed, differences }: Line): string {
  const short = printed.trim().replace(/\s+/g, ' ').slice(0, 160);
  const shown = differences.length === 0 ? short : printed.slice(0, 3000);
  const first = `${differences.length === 0 ? 'ok  ' : 'FAIL'} ${String(exit ?? 'none').padStart(4)} ${String(wanted).padStart(6)}  ${typed}`;
  return [first, `                   ${shown}`, ...differences.map((text) => `     ! ${text.slice(0, 600)}`)].join(
    '\n',
  );
}

function untriedOf(command: string, lines: readonly Line[]): readonly string[] {
  const own = lines.filter((line) => line.command === command);
  const missing: string[] = [];
  if (only[command] !== 'bad' && !own.some(({ wanted }) => wanted === 0))
    missing.push(`${command} was never tried well`);
  if (only[command] !== 'good' && !own.some(({ wanted }) => wanted !== 0))
    missing.push(`${command} was never tried badly`);
  return missing;
}
