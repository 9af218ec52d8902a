import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#core/fault.ts';
import { exportBundle } from '#feeds/export-bundle.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import { type OpenWorld, text } from '../open-world.ts';
import { megabytes, progressOn } from '../progress.ts';
import { groupsInUse } from './sync-feeds.ts';

/** Writes a bundle; the file is there when it is whole, and not before. */
export async function exportFeeds(io: Io, world: OpenWorld, values: Values, words: readonly string[]): Promise<void> {
  const file = text(values, 'to');
  if (file === undefined) throw new Fault('input/invalid', 'feeds export: give the file to write with --to FILE');
  const groups = await groupsInUse(world, 'export', words);
  using progress = progressOn(io, values['quiet'] === true, () => world.clock.now());
  const bytes = exportBundle(world.feeds, groups, {
    onRecords: (group, records) => progress.show(`feed ${group}: ${records}`),
  });
  const { size, sha256 } = await writeWhole(file, bytes);
  progress[Symbol.dispose]();
  io.out.write(`${file}: ${groups.length} groups, ${megabytes(size)}, sha256 ${sha256}\n`);
}

async function writeWhole(file: string, bytes: AsyncIterable<Uint8Array>): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = async function* () {
    for await (const piece of bytes) {
      hash.update(piece);
      size += piece.length;
      yield piece;
    }
  };
  const part = `${file}.part`;
  try {
    await pipeline(counted(), createWriteStream(part));
    await rename(part, file);
  } catch (thrown) {
    await rm(part, { force: true });
    if (thrown instanceof Fault) throw thrown;
    const { code = 'it failed' } = thrown as NodeJS.ErrnoException;
    throw new Fault(
      'input/invalid',
      `feeds export: writing ${file}: ${code}; give a file in a folder that can be written`,
      {
        cause: thrown,
      },
    );
  }
  return { size, sha256: hash.digest('hex') };
}
