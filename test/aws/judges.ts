import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type Program, startProgram } from './start-program.ts';

/** A judge that runs on loopback, or why it does not. */
export type Judge = ({ readonly kind: 'runs'; readonly endpoint: string } & AsyncDisposable) | Missing;

/** Absent is a judge that this machine cannot have, broken one that it has and that does not work. */
export interface Missing {
  readonly kind: 'absent' | 'broken';
  readonly reason: string;
}

/** From PyPI, pinned: another release is another judge. */
export const pins = { moto: '5.2.5', ministack: '1.5.33' } as const;

const cache = join(import.meta.dirname, '../../node_modules/.cache');
const venv = join(cache, 'plimsoll-judges');
const debian = join(cache, 'plimsoll-debian');
// What moto's own extra `server` brings is twice as much: it is for all services.
const requirements = [`moto[s3,events]==${pins.moto}`, 'flask', 'flask-cors', `ministack==${pins.ministack}`];
const run = promisify(execFile);

/** Milliseconds for an installation: a mirror that is slow must not hold up a build. */
const installTime = 90_000;

/** Installs the emulators into node_modules/.cache once. */
export async function installEmulators(): Promise<Missing | { readonly kind: 'installed' }> {
  const marker = join(venv, 'installed.json');
  const wanted = JSON.stringify(requirements);
  if (existsSync(marker) && (await readFile(marker, 'utf8')) === wanted) return { kind: 'installed' };
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];
  const bounded = ['--prefer-binary', '--retries', '1', '--timeout', '15'];
  try {
    await rm(venv, { recursive: true, force: true });
    await mkdir(venv, { recursive: true });
    await run('python3', ['-m', 'venv', venv], { timeout: installTime });
    await run(python, ['-m', 'pip', 'install', ...quiet, ...bounded, ...requirements], { timeout: installTime });
    await writeFile(marker, wanted);
    return { kind: 'installed' };
  } catch (thrown) {
    return whyNot(thrown, 'python3');
  }
}

/**
 * What a machine without Python, Debian's packages or a way to them says is absence, and so is slowness; everything else that
 * an installation says means that it is broken.
 */
function whyNot(thrown: unknown, program: string): Missing {
  const { code, killed, stderr, stdout } = thrown as Failure;
  if (code === 'ENOENT') return { kind: 'absent', reason: `there is no ${program} on the PATH` };
  if (killed === true) return { kind: 'absent', reason: `installing took longer than ${installTime / 1000} s` };
  const said = `${stdout ?? ''}\n${stderr ?? String(thrown)}`.trim();
  const reason = `it could not be installed: ${said.split('\n').slice(-3).join(' ').slice(0, 300)}`;
  return { kind: unreachable.test(said) ? 'absent' : 'broken', reason };
}

interface Failure {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stderr?: string;
  readonly stdout?: string;
}

const unreachable =
  /ensurepip is not available|No module named '?(venv|ensurepip|pip)|No matching distribution|Could not find a version|Could not fetch|HTTP error|Connection|Read timed out|ProxyError|SSLError|Unable to locate package|Failed to fetch|Unable to fetch/i;

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
    SERVICES: 's3,sqs,sns,secretsmanager,ecr,sts,events',
    IOT_MTLS_ENABLED: '0',
  };
  const program = [join(venv, 'bin/ministack')];
  return judgeOf(await startProgram(program, { folder, port, path: '/_ministack/ready', environment }), port);
}

/** Debian's docker-registry, with a store of its own in the folder. skopeo pushes to it. */
export async function startDockerRegistry(folder: string): Promise<Judge> {
  if (!(await isHere('skopeo'))) return { kind: 'absent', reason: 'there is no skopeo on the PATH' };
  const program = (await isHere('docker-registry')) ? 'docker-registry' : await unpackDockerRegistry();
  if (typeof program !== 'string') return program;
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
  return judgeOf(await startProgram([program, 'serve', config], { folder, port, path: '/v2/' }), port);
}

async function isHere(program: string): Promise<boolean> {
  try {
    await run(program, ['--version']);
    return true;
  } catch (thrown) {
    return (thrown as Failure).code !== 'ENOENT';
  }
}

/** Debian's package, fetched and unpacked into node_modules/.cache: neither needs root. Gives the program's path. */
async function unpackDockerRegistry(): Promise<string | Missing> {
  const program = join(debian, 'usr/bin/docker-registry');
  if (existsSync(program)) return program;
  const folder = `${debian}.new`;
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const bounded = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=15'];
    const options = { cwd: folder, timeout: installTime };
    await run('apt-get', [...bounded, 'download', 'docker-registry'], options);
    const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', archive, '.'], options);
    await rm(debian, { recursive: true, force: true });
    await rename(folder, debian);
    return program;
  } catch (thrown) {
    return whyNot(thrown, 'docker-registry, nor apt-get and dpkg-deb,');
  }
}

function judgeOf(program: Program, port: number): Judge {
  if (program.kind === 'failed') return { kind: 'broken', reason: program.reason };
  return {
    kind: 'runs',
    endpoint: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
