import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Fault } from '#core/fault.ts';
import { importBundle } from '#feeds/import-bundle.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import { type OpenWorld, text } from '../open-world.ts';
import { progressOn } from '../progress.ts';
import { outcomeText } from './sync-feeds.ts';

/** Loads a bundle; throws `feed/failed` in the end when a group of it could not be loaded. */
export async function importFeeds(
  io: Io,
  world: OpenWorld,
  values: Values,
  [file = '']: readonly string[],
): Promise<void> {
  const wanted = text(values, 'sha256')?.toLowerCase();
  if (wanted !== undefined && (await digestOf(file)) !== wanted) {
    throw new Fault('data/corrupt', `feeds import: ${file} has another sha256 than ${wanted}; carry it again`);
  }
  using progress = progressOn(io, values['quiet'] === true, () => world.clock.now());
  const imported = await importBundle(world.feeds, () => bytesOf(file), {
    force: values['force'] === true,
    onProgress: ({ group, phase, records }) => progress.show(`feed ${group}: ${phase} ${records}`),
  });
  progress[Symbol.dispose]();
  for (const { group, outcome } of imported) io.out.write(`${group}: ${outcomeText(outcome)}\n`);
  const failed = imported.filter(({ outcome }) => outcome.kind === 'failed' || outcome.kind === 'absent');
  if (failed.length > 0) {
    throw new Fault('feed/failed', `feeds import: could not load ${failed.map(({ group }) => group).join(', ')}`);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytesOf(file)) hash.update(piece);
  return hash.digest('hex');
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (thrown instanceof Fault || code === undefined) throw thrown;
    throw new Fault('input/invalid', `feeds import: reading ${file}: ${code}; give the file that feeds export wrote`, {
      cause: thrown,
    });
  }
}
