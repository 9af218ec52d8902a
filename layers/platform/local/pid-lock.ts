import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import { type LockHolder, takeLockFile } from './lock-file.ts';

/** What the data folder is used for: `serve` lasts, the others end by themselves soon. */
export type LockPurpose = 'serve' | 'scan' | 'feeds';

export interface LockRequest {
  readonly purpose: LockPurpose;
  /** Where a server answers. */
  readonly url?: string;
  /** How long to wait for another process that is not a server; milliseconds. */
  readonly waitMs: number;
  readonly clock: Clock;
  /** Called once when waiting begins. */
  readonly onWait?: (holder: LockHolder) => void;
}

/** Held until it is disposed of, or until the process ends, however it does. */
export interface PidLock extends Disposable {
  readonly path: string;
}

const pause = 100;

/**
 * Makes this process the only user of a data folder, by the file `lock` in it. Waits up to `waitMs` for one that is
 * scanning or syncing; throws `data/in-use` that says who holds it and what to do, at once when that is a server.
 * A lock left behind by a dead process is taken over.
 */
export async function acquirePidLock(folder: string, request: LockRequest): Promise<PidLock> {
  const path = join(folder, 'lock');
  const until = request.clock.now() + request.waitMs;
  for (let waited = false; ; waited = true) {
    const taken = await takeLockFile(path, request.purpose, request.url ?? null);
    if (taken.kind === 'taken') return { path, [Symbol.dispose]: taken.release };
    const left = until - request.clock.now();
    if (taken.holder.purpose === 'serve' || left <= 0) throw inUse(folder, path, taken.holder);
    if (!waited) request.onWait?.(taken.holder);
    await request.clock.sleep(Math.min(pause, left));
  }
}

function inUse(folder: string, path: string, holder: LockHolder): Fault {
  const { pid, purpose, url, host } = holder;
  const who = `process ${pid} on ${host} (plimsoll ${purpose}${url === null ? '' : ` at ${url}`})`;
  const advice =
    purpose === 'serve'
      ? `ask that server${url === null ? '' : ` at ${url}`}, stop it, or give another folder with --data`
      : `wait until it has ended, or give another folder with --data; if no such process exists, remove ${path}`;
  return new Fault('data/in-use', `The data folder ${folder} is in use by ${who}: ${advice}`, {
    detail: { folder, pid, purpose, url, host },
  });
}
