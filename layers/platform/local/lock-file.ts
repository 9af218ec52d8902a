import { randomUUID } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, readlink, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { writeWholeFile } from './whole-file.ts';

/** What a lock file says of who holds it. */
export interface LockHolder {
  readonly pid: number;
  /** When the process started, in the system's own count; a number that was given to another process differs in it. Null where the system does not say. */
  readonly started: string | null;
  /** Where `pid` means something: the boot of a machine and its process namespace. */
  readonly space: string;
  readonly host: string;
  readonly token: string;
  readonly purpose: string;
  readonly url: string | null;
}

export type Taken =
  | { readonly kind: 'taken'; release(): void }
  | { readonly kind: 'held'; readonly holder: LockHolder };

/** Holders touch their file this often; where their process cannot be seen, silence of `silence` means that they are dead. Milliseconds. */
const heartbeat = 10_000;
const silence = 120_000;

/**
 * Takes the lock file, whole from its first moment, or says who holds it. A file whose holder is dead is removed and
 * taken under a lock of its own (`PATH.break`, by the same rule, should its holder die too): so of several takers
 * exactly one wins, and no lock that was just taken is ever removed.
 */
export async function takeLockFile(path: string, purpose: string, url: string | null): Promise<Taken> {
  const self = await describeSelf(purpose, url);
  for (;;) {
    if ((await writeWholeFile(path, `${JSON.stringify(self)}\n`, { replace: false })) === 'stored') {
      return { kind: 'taken', release: hold(path, self.token) };
    }
    const holder = await readHolder(path);
    if (holder === null) continue;
    if (holder !== 'damaged' && (await isAlive(holder, path))) return { kind: 'held', holder };
    const breaker = await takeLockFile(`${path}.break`, 'break', null);
    if (breaker.kind === 'held') {
      // Somebody else is removing the dead lock, which takes a moment.
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    try {
      const now = await readHolder(path);
      const dead = now === 'damaged' || (now !== null && !(await isAlive(now, path)));
      if (dead) await rm(path, { force: true });
    } finally {
      breaker.release();
    }
  }
}

/** Keeps the file fresh; the answer removes it, once. It is removed at process exit too. */
function hold(path: string, token: string): () => void {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeat);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    try {
      if ((JSON.parse(readFileSync(path, 'utf8')) as LockHolder).token === token) unlinkSync(path);
    } catch {
      // Gone or damaged: then it is not a lock of ours to remove.
    }
  };
  process.on('exit', release);
  return release;
}

async function describeSelf(purpose: string, url: string | null): Promise<LockHolder> {
  return {
    pid: process.pid,
    started: await startOf(process.pid),
    space: await processSpace(),
    host: hostname(),
    token: randomUUID(),
    purpose,
    url,
  };
}

async function readHolder(path: string): Promise<LockHolder | 'damaged' | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
  try {
    const holder = JSON.parse(text) as LockHolder;
    return Number.isSafeInteger(holder.pid) && typeof holder.purpose === 'string' ? holder : 'damaged';
  } catch {
    return 'damaged';
  }
}

async function isAlive(holder: LockHolder, path: string): Promise<boolean> {
  if (holder.space !== (await processSpace())) return (await ageOf(path)) < silence;
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = await startOf(holder.pid);
  if (started === 'ended') return false;
  return started === null || holder.started === null || started === holder.started;
}

async function ageOf(path: string): Promise<number> {
  const about = await stat(path).catch(() => null);
  return about === null ? 0 : Date.now() - about.mtimeMs;
}

/**
 * Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to the start; `ended` for a process that only waits to be
 * reaped, null where it cannot be told. The name in field 2 may hold anything but ends at the last parenthesis.
 */
async function startOf(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Two processes see each other's pid exactly when this is the same: another container or machine has another. */
async function processSpace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => hostname());
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.trim()} ${namespace}`.trim();
}
