import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installTime, type Missing, whyNot } from './missing.ts';

const run = promisify(execFile);

/**
 * Makes a virtual environment of Python with these packages of PyPI once; a list that changed makes it anew. With `exactly` nothing is
 * installed that is not in the list.
 */
export async function installPackages(
  venv: string,
  requirements: readonly string[],
  { exactly = false }: { readonly exactly?: boolean } = {},
): Promise<Missing | { readonly kind: 'installed' }> {
  const marker = join(venv, 'installed.json');
  const wanted = JSON.stringify(requirements);
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return { kind: 'installed' };
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];
  const bounded = ['--prefer-binary', '--retries', '1', '--timeout', '15', ...(exactly ? ['--no-deps'] : [])];
  try {
    await rm(venv, { recursive: true, force: true });
    await mkdir(venv, { recursive: true });
    await run('python3', ['-m', 'venv', venv], { timeout: installTime });
    const install = ['-m', 'pip', 'install', ...quiet, ...bounded, ...requirements];
    await run(join(venv, 'bin/python'), install, { timeout: installTime });
    await writeFile(marker, wanted);
    return { kind: 'installed' };
  } catch (thrown) {
    return whyNot(thrown, 'python3');
  }
}
