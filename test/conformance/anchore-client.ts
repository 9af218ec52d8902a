import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Missing } from '#test/support/missing.ts';
import { installPackages } from '#test/support/python-packages.ts';

/**
 * The client of the original, unmodified, with the releases that it was made for. PyPI has 0.9.3; 0.9.4 differs from it in the line
 * that says its version. Two are newer where Python 3.12 needs it: urllib3 1.26.6 does not start there, PyYAML 5.4.1 cannot be built.
 */
export const requirements = [
  'anchorecli==0.9.3',
  'Click==8.0.1',
  'prettytable==2.2.0',
  'wcwidth==0.2.13',
  'python-dateutil==2.8.2',
  'six==1.16.0',
  'requests==2.26.0',
  'urllib3==1.26.20',
  'certifi==2024.8.30',
  'charset-normalizer==2.0.12',
  'idna==3.10',
  'PyYAML==6.0.3',
];

/** What a command line left behind. */
export interface Ran {
  /** Null: it did not end in time. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

export interface AnchoreClient {
  readonly version: string;
  /** Every command that the client has, in its own order: `image add`. */
  readonly commands: readonly string[];
  run(argv: readonly string[], environment: Readonly<Record<string, string>>, stdin?: string): Promise<Ran>;
}

const venv = join(import.meta.dirname, '../../node_modules/.cache/plimsoll-anchore-cli');
const python = join(venv, 'bin/python');
const longest = 60_000;

// The tree of commands as Click has it: nothing is read out of the help texts.
const listCommands = `
import click, anchorecli.cli, anchorecli.version
def walk(command, path):
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            walk(below, path + [name])
    else:
        print(' '.join(path))
print(anchorecli.version.version)
walk(anchorecli.cli.main_entry, [])
`;

/**
 * The client, installed once into node_modules/.cache. `source` is a folder with another release of its sources, which is run with the
 * same packages.
 */
export async function anchoreClient(source: string | undefined): Promise<AnchoreClient | Missing> {
  const installed = await installPackages(venv, requirements, { exactly: true });
  if (installed.kind !== 'installed') return installed;
  const own: Record<string, string> = source === undefined ? {} : { PYTHONPATH: source };
  const { stdout } = await promisify(execFile)(python, ['-c', listCommands], { env: { ...process.env, ...own } });
  const [version = '', ...commands] = stdout.trim().split('\n');
  return {
    version,
    commands,
    run: (argv, environment, stdin = '') => run(argv, { ...own, ...environment }, stdin),
  };
}

/** As in a shell of somebody who has nothing set but what is given: neither our environment nor a home counts. */
async function run(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  stdin: string,
): Promise<Ran> {
  const started = performance.now();
  const child = spawn(python, ['-m', 'anchorecli', ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C.UTF-8', COLUMNS: '200', ...environment },
    timeout: longest,
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {}).end(stdin);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { ...said, exit, milliseconds: performance.now() - started };
}
