import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installTime, type Missing, whyNot } from '#test/support/missing.ts';
import { installPackages } from '#test/support/python-packages.ts';
import { freePort, type Program, startProgram } from './start-program.ts';

/** A judge that runs on loopback, or why it does not. */
export type Judge = ({ readonly kind: 'runs'; readonly endpoint: string } & AsyncDisposable) | Missing;

/** From PyPI, pinned: another release is another judge. */
export const pins = { moto: '5.2.5', ministack: '1.5.33' } as const;

const cache = join(import.meta.dirname, '../../node_modules/.cache');
const venv = join(cache, 'plimsoll-judges');
const debian = join(cache, 'plimsoll-debian');
// What moto's own extra `server` brings is twice as much: it is for all services.
const requirements = [`moto[s3,events]==${pins.moto}`, 'flask', 'flask-cors', `ministack==${pins.ministack}`];
const run = promisify(execFile);

/** Installs the emulators into node_modules/.cache once. */
export function installEmulators(): ReturnType<typeof installPackages> {
  return installPackages(venv, requirements);
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
    return (thrown as { readonly code?: unknown }).code !== 'ENOENT';
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
