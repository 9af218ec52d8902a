import { spawn } from 'node:child_process';
import { Fault } from '#core/fault.ts';
import { helperCredentials } from '#schema/oci.ts';
import type { Credentials } from './credential.ts';
import { parseJson } from '../image/document.ts';

const patience = 10_000;
const mostOutput = 64 * 1024;

/**
 * Asks `docker-credential-NAME get`, with the server on its standard input (docker-credential-helpers protocol), for at most
 * 10 seconds and 64 KiB. Null when it has none for this server. Throws `input/invalid` when the helper cannot be run or
 * fails; nothing that it printed is in the message.
 */
export async function askHelper(name: string, server: string, file: string): Promise<Credentials | null> {
  const program = `docker-credential-${name}`;
  const failed = (why: string) =>
    new Fault('input/invalid', `${program.slice(0, 100)}, which '${file}' names for ${server}, ${why}`);
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name))
    throw new Fault('input/invalid', `'${file}' names a credential helper that is no plain name`);
  const { output, code, problem } = await run(program, server);
  if (problem !== null) throw failed(problem);
  if (code !== 0) {
    // The protocol's way to say that there is nothing, printed on standard output.
    if (/credentials not found|no credentials server url/i.test(output)) return null;
    throw failed(`failed with exit code ${code}`);
  }
  const answer = answerOf(output);
  if (answer === null) throw failed('did not answer with credentials');
  if (answer.Secret === '') return null;
  if (answer.Username === '<token>') return { kind: 'identity-token', token: answer.Secret };
  return { kind: 'basic', username: answer.Username, password: answer.Secret };
}

function answerOf(output: string) {
  try {
    const parsed = helperCredentials.safeParse(parseJson(Buffer.from(output), 'the answer'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Runs a program found on the PATH without a shell; `problem` when it could not be run to its end. */
function run(program: string, input: string): Promise<{ output: string; code: number | null; problem: string | null }> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    const pieces: Buffer[] = [];
    let size = 0;
    let problem: string | null = null;
    const end = (code: number | null) => {
      clearTimeout(timer);
      resolve({ output: Buffer.concat(pieces).toString('utf8'), code, problem });
    };
    const stop = (why: string) => {
      problem ??= why;
      child.kill('SIGKILL');
      // Something that the helper started may hold its output open.
      child.stdout.destroy();
    };
    const timer = setTimeout(() => stop(`did not answer within ${patience / 1000} seconds`), patience);
    child.on('error', (error: NodeJS.ErrnoException) => {
      problem ??= error.code === 'ENOENT' ? 'is not on the PATH' : `cannot be run (${error.code})`;
      end(null);
    });
    child.on('close', (code) => end(code));
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > mostOutput) stop('answered with more than 64 KiB');
      else pieces.push(piece);
    });
    // A helper that does not read its input is no reason to fall.
    child.stdin.on('error', () => {});
    child.stdin.end(`${input}\n`);
  });
}
