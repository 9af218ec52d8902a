import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type Program, startProgram } from './start-program.ts';

/** A judge that runs on loopback, or why it does not. */
export type Judge =
  | ({ readonly kind: 'runs'; readonly endpoint: string } & AsyncDisposable)
  | { readonly kind: 'absent'; readonly reason: string };

/** From PyPI, pinned: another release is another judge. */
export const pins = { moto: '5.2.5', ministack: '1.5.33' } as const;

const venv = join(import.meta.dirname, '../../node_modules/.cache/plimsoll-judges');
const requirements = [`moto[server]==${pins.moto}`, `ministack==${pins.ministack}`];
const run = promisify(execFile);

/** Installs the emulators into node_modules/.cache once; the reason when they cannot be had. */
export async function installEmulators(): Promise<{ readonly reason: string | null }> {
  const marker = join(venv, 'installed.json');
  const wanted = JSON.stringify(requirements);
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return { reason: null };
  try {
    await rm(venv, { recursive: true, force: true });
    await mkdir(venv, { recursive: true });
    await run('python3', ['-m', 'venv', venv], { timeout: 120_000 });
    await run(python, ['-m', 'pip', 'install', '--quiet', ...requirements], { timeout: 300_000 });
    await writeFile(marker, wanted);
    return { reason: null };
  } catch (thrown) {
    const { code, stderr, stdout } = thrown as { code?: unknown; stderr?: string; stdout?: string };
    if (code === 'ENOENT') return { reason: 'there is no python3 on the PATH' };
    const said = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').slice(-3).join(' ').slice(0, 300);
    return { reason: `Python could not install ${requirements.join(' and ')}: ${said}` };
  }
}

const python = join(venv, 'bin/python');

// It hands out messages without a lock, so that two receivers at once may get the same one: it is asked one call at a time.
const motoOneAtATime = `
import sys, moto.server as server
run = server.run_simple
server.run_simple = lambda *given, **named: run(*given, **{**named, 'threaded': False})
server.main(['-H', '127.0.0.1', '-p', sys.argv[1]])
`;

export async function startMoto(folder: string): Promise<Judge> {
  const port = await freePort();
  return judgeOf(
    await startProgram([python, '-c', motoOneAtATime, `${port}`], { folder, port, path: '/moto-api/' }),
    port,
  );
}

export async function startMinistack(folder: string): Promise<Judge> {
  const port = await freePort();
  const environment = {
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: `${port}`,
    SERVICES: 's3,sqs,sns,secretsmanager,ecr,sts',
    IOT_MTLS_ENABLED: '0',
  };
  const program = [join(venv, 'bin/ministack')];
  return judgeOf(await startProgram(program, { folder, port, path: '/_ministack/ready', environment }), port);
}

/** Debian's docker-registry, with a store of its own in the folder. skopeo pushes to it. */
export async function startDockerRegistry(folder: string): Promise<Judge> {
  const absent = (await Promise.all([missing('docker-registry'), missing('skopeo')])).flatMap((name) => name ?? []);
  if (absent.length > 0) {
    const reason = `there is no ${absent.join(' and no ')} on the PATH; apt-get install ${absent.join(' ')}`;
    return { kind: 'absent', reason };
  }
  const port = await freePort();
  const config = join(folder, 'registry.json');
  // YAML that is JSON.
  const settings = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  await writeFile(config, JSON.stringify(settings));
  return judgeOf(await startProgram(['docker-registry', 'serve', config], { folder, port, path: '/v2/' }), port);
}

async function missing(program: string): Promise<string | null> {
  try {
    await run(program, ['--version']);
    return null;
  } catch (thrown) {
    return (thrown as { code?: unknown }).code === 'ENOENT' ? program : null;
  }
}

function judgeOf(program: Program, port: number): Judge {
  if (program.kind === 'failed') return { kind: 'absent', reason: program.reason };
  return {
    kind: 'runs',
    endpoint: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
