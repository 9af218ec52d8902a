import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a command did. */
export interface WatchedRun {
  /** Its exit code, or what ended it. */
  readonly ended: number | string;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
  /** User and system of all its threads. */
  readonly cpu: number;
  /** Most memory it had at one time (VmHWM), in MiB. */
  readonly peak: number;
}

/** Runs node with these arguments; killed after so many seconds. Memory and CPU time are read from /proc while it runs. */
export async function watchedCommand(args: readonly string[], mostSeconds: number): Promise<WatchedRun> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-20_000)));
  let [peak, ticks] = [0, 0];
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      ticks = Number(stat[11]) + Number(stat[12]);
    } catch {
      // It has ended.
    }
  }, 20);
  const late = setTimeout(() => child.kill('SIGKILL'), mostSeconds * 1000);
  const ended = await new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  clearInterval(look);
  clearTimeout(late);
  return { ended, out, err, seconds: (performance.now() - begun) / 1000, cpu: ticks / 100, peak };
}
