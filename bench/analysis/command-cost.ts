import { spawn } from 'node:child_process';

/** What a command took: seconds from its start to its end, and of CPU (user and system) of all its processes together. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

/** Runs a line of shell; `sh` itself tells what its children used. Throws when the line fails, with what it complained of. */
export async function costOf(
  line: string,
  args: readonly string[],
): Promise<{ readonly cost: Cost; readonly output: string }> {
  const begun = performance.now();
  const child = spawn('sh', ['-ec', `${line}\ntimes`, 'sh', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, complaint, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`'${line}' ended with ${code}: ${complaint.slice(-2000)}`);
  const lines = output.trimEnd().split('\n');
  // The last line of `times` is that of the children (POSIX).
  const cpu = [...lines.at(-1)!.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
  return { cost: { seconds, cpu }, output: lines.slice(0, -2).join('\n') };
}

/** The less of two measurements of the same thing: other work on the machine only ever adds. */
export function least(a: Cost | null, b: Cost): Cost {
  return a === null ? b : { seconds: Math.min(a.seconds, b.seconds), cpu: Math.min(a.cpu, b.cpu) };
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
