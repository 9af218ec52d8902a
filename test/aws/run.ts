import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Missing } from '#test/support/missing.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { installEmulators, type Judge, pins, startDockerRegistry, startMinistack, startMoto } from './judges.ts';
import { type ContractRun, type Outcome, runContracts } from './run-contracts.ts';

/**
 * `npm run test:aws`: the contracts of the AWS adapters and of the registry client against judges that are not ours, where they can
 * be had, and against our fakes; says which ran against which. A judge that this machine cannot have (no Python, no PyPI, too slow) is told and
 * fails nothing, for a build must not fail because others are away. One that is there and does not work, a contract that fails, or
 * a run that proves nothing ends it with 1. With CI=true what `npm run check` has just run is left out.
 */

const root = join(import.meta.dirname, '../..');
const inCi = process.env['CI'] === 'true';
/** What a run is not told by the shell it is started from. */
const alone = { PLIMSOLL_TEST_AWS_ENDPOINT: '', PLIMSOLL_TEST_SQL: '', PLIMSOLL_TEST_REGISTRY: '' };

const contracts = globSync('test/platform/aws/*.test.ts', { cwd: root }).sort();
const stores = globSync('test/**/*.test.ts', { cwd: root })
  // Tests of local adapters open databases of their own.
  .filter((file) => !file.startsWith('test/platform/local/'))
  .filter((file) => readFileSync(join(root, file), 'utf8').includes('support/database.ts'))
  .sort();
const pipeline = globSync('test/flow/aws*.test.ts', { cwd: root }).sort();

const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
const notRun: string[] = [];
const absent = (what: string, reason: string): readonly Outcome[] => {
  notRun.push(`${what}: ${reason}`);
  return [];
};
const without = (judge: string, { kind, reason }: Missing): readonly Outcome[] => {
  if (kind === 'absent') return absent(judge, reason);
  const nothing = { passed: 0, skipped: [], notes: [], seconds: 0 };
  return [{ ...nothing, judge, contract: 'the judge itself', failures: [reason] }];
};

await using folder = await temporaryFolder();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder.path, { recursive: true, force: true }));

const lanes = [foreignEmulators(), foreignRegistry(), own()];
const outcomes = (await Promise.all(lanes)).flat();
show(outcomes);
notRun.push('Scheduler: the program does not call it; what it sends is in test/functions and test/flow');
for (const line of notRun) console.log(`not run: ${line}`);
const failures = outcomes.flatMap((outcome) => outcome.failures.map((failure) => ({ ...outcome, failure })));
for (const { judge, contract, failure } of failures) console.log(`\nFAILED against ${judge}, ${contract}:\n${failure}`);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
console.log(`\n${passed} tests passed, ${failures.length} failed, in ${seconds()} s`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function foreignEmulators(): Promise<readonly Outcome[]> {
  const installed = await installEmulators();
  if (installed.kind !== 'installed') return without(`moto ${pins.moto} and MiniStack ${pins.ministack}`, installed);
  const judgedByAll = [...contracts, 'test/infra/event-patterns.test.ts'];
  const emulators = [
    { judge: `moto ${pins.moto}`, start: startMoto, lanes: [judgedByAll] },
    // Its ECR has a registry beside the API: the whole pipeline can run on it, but for the Data API, which is our fake.
    {
      judge: `MiniStack ${pins.ministack}`,
      start: startMinistack,
      lanes: [judgedByAll, ['test/flow/foreign-aws.test.ts']],
    },
  ];
  const ran = emulators.map(({ judge, start, lanes }) =>
    judged(judge, start, (endpoint) =>
      lanes.map((files) => ({
        files,
        only: 'foreign emulator',
        environment: { ...alone, PLIMSOLL_TEST_AWS_ENDPOINT: endpoint },
      })),
    ),
  );
  return (await Promise.all(ran)).flat();
}

async function foreignRegistry(): Promise<readonly Outcome[]> {
  return await judged("Debian's docker-registry, filled by skopeo", startDockerRegistry, (endpoint) => [
    {
      files: ['test/registry/docker-registry.test.ts', 'test/registry/push-image.test.ts'],
      only: 'foreign registry',
      environment: { ...alone, PLIMSOLL_TEST_REGISTRY: new URL(endpoint).host },
    },
  ]);
}

/** Runs that go on side by side against one judge. */
async function judged(
  judge: string,
  start: (folder: string) => Promise<Judge>,
  runs: (endpoint: string) => readonly Omit<ContractRun, 'judge'>[],
): Promise<readonly Outcome[]> {
  const running = await start(folder.path);
  if (running.kind !== 'runs') return without(judge, running);
  await using _ = running;
  return (await Promise.all(runs(running.endpoint).map((run) => runContracts({ judge, ...run })))).flat();
}

/** One after the other: they keep a processor busy. */
async function own(): Promise<readonly Outcome[]> {
  const dataApi = { ...alone, PLIMSOLL_TEST_SQL: 'data-api' };
  const all = [...(await runContracts({ judge: 'our Data API fake', files: stores, environment: dataApi }))];
  for (const { judge, files } of [
    { judge: 'our fakes', files: contracts },
    { judge: 'built bundles on our fakes', files: pipeline },
  ]) {
    if (inCi) absent(judge, 'CI=true, `npm run check` has run them');
    else if (files.length === 0) absent(judge, 'there are no such tests');
    else all.push(...(await runContracts({ judge, files, environment: alone })));
  }
  return all;
}

/** A line for each contract; tests that stand alone are summed up, but for those of foreign judges, which are contracts too. */
function show(all: readonly Outcome[]): void {
  for (const judge of new Set(all.map((outcome) => outcome.judge))) {
    // What is for foreign judges alone is told there.
    const theirs = all.filter((one) => one.judge === judge && !one.contract.includes('names no emulator'));
    console.log(`\n${judge}`);
    const alone = (outcome: Outcome) => judge.startsWith('our ') && !outcome.contract.includes(' as the ');
    for (const outcome of theirs.filter((one) => !alone(one))) console.log(lineOf(outcome));
    const rest = theirs.filter(alone);
    const failures = rest.flatMap((one) => one.failures);
    const skipped = rest.flatMap((one) => one.skipped).filter((name) => !name.includes('names no emulator'));
    const ended = { passed: sum(rest.map((one) => one.passed)), failures, skipped, notes: [] };
    const contract = `${rest.length} tests and groups of tests that are no contract`;
    if (rest.length > 0)
      console.log(lineOf({ ...ended, contract, judge, seconds: sum(rest.map((one) => one.seconds)) }));
  }
  console.log('');
}

function lineOf({ contract, passed, failures, skipped, seconds, notes }: Outcome): string {
  const failed = failures.length === 0 ? '' : `, ${failures.length} FAILED`;
  const left = skipped.map((name) => `\n      left out: ${name}`).join('');
  const said = notes.map((note) => `\n      ${note}`).join('');
  return `  ${contract}: ${passed} passed${failed} in ${seconds.toFixed(1)} s${left}${said}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
