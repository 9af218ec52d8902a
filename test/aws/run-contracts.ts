import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Told } from './contract-reporter.ts';

export interface ContractRun {
  /** Who judges, as it is shown. */
  readonly judge: string;
  /** Test files, from the repository's root. */
  readonly files: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Only tests whose name has this in it. */
  readonly only?: string;
}

/** What became of one contract, or of a test that stands alone. */
export interface Outcome {
  readonly contract: string;
  readonly judge: string;
  readonly passed: number;
  readonly failures: readonly string[];
  /** Names of tests that were left out; each says why. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  readonly notes: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const longest = 5 * 60_000;

/** Runs test files in a process of their own. A run that proves nothing or ends badly is a failure of the run itself. */
export async function runContracts(run: ContractRun): Promise<readonly Outcome[]> {
  const reporter = join(import.meta.dirname, 'contract-reporter.ts');
  const options = ['--test', '--test-isolation=none', `--test-reporter=${reporter}`];
  const only = run.only === undefined ? [] : [`--test-name-pattern=${run.only}`];
  const started = performance.now();
  const child = spawn(process.execPath, [...options, ...only, ...run.files], {
    cwd: root,
    env: { ...process.env, ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longest,
    killSignal: 'SIGKILL',
  });
  const exit = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal === null ? `${code}` : `${signal} (${longest / 60_000} min)`));
  });
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  const outcomes: Outcome[] = [];
  let open = nothing();
  for await (const text of createInterface({ input: child.stdout })) {
    const told = toldBy(text);
    if (told === null) continue;
    if (told.kind === 'note') open.notes.push(told.name);
    // Suites come after what is in them.
    if (told.nesting > 0 && !told.contract) count(open, told);
    if (told.nesting > 0) continue;
    if (told.contract && told.kind === 'skip') open.skipped.push(told.name);
    if (!told.contract || told.error !== null) count(open, told);
    outcomes.push({ ...open, contract: plain(told.name), judge: run.judge, seconds: told.milliseconds / 1000 });
    open = nothing();
  }
  const ended = await exit;
  process.off('exit', killNow);
  const failed = outcomes.some(({ failures }) => failures.length > 0);
  const proven = outcomes.some(({ passed }) => passed > 0);
  if ((ended !== '0' && !failed) || (!proven && !failed)) {
    const why = proven ? `ended with ${ended}` : `proved nothing, ended with ${ended}`;
    const seconds = (performance.now() - started) / 1000;
    outcomes.push({
      ...nothing(),
      contract: 'the run itself',
      judge: run.judge,
      failures: [`${why}\n${complaints}`],
      seconds,
    });
  }
  return outcomes;
}

type Open = { passed: number; failures: string[]; skipped: string[]; notes: string[] };

const nothing = (): Open => ({ passed: 0, failures: [], skipped: [], notes: [] });

function count(open: Open, told: Told): void {
  if (told.kind === 'pass') open.passed++;
  if (told.kind === 'skip') open.skipped.push(plain(told.name));
  if (told.kind === 'fail') open.failures.push(`${plain(told.name)}\n${told.error ?? ''}`);
}

/** Null for what tests print themselves. */
function toldBy(line: string): Told | null {
  if (!line.startsWith('{"error":')) return null;
  return JSON.parse(line) as Told;
}

/** A name without the address of the judge, which is another one each time. */
function plain(name: string): string {
  return name.replace(/ ?\(at (http:\/\/)?[\d.]+:\d+\)/, '');
}
