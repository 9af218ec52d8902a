import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Fault } from '#core/fault.ts';
import { inflate, openLayerBytes } from '../layer-bytes.ts';
import type { OpenOptions } from './source-kind.ts';

/** A temporary file that goes when it is disposed of. */
export interface Spool extends AsyncDisposable {
  readonly path: string;
}

/**
 * Inflates a compressed archive to a temporary file that only this user may read. Throws `image/too-large` when it has more
 * than limits.layerInflatedBytes, and `image/corrupt` when it is damaged; the file is gone then.
 */
export async function spoolArchive(path: string, options: OpenOptions): Promise<Spool> {
  const { layerInflatedBytes } = options.limits;
  const { file, remove } = await placeFor(`${basename(path)}.tar`, options);
  try {
    await using target = await open(file, 'wx', 0o600);
    await using source = await open(path, 'r');
    const { size } = await source.stat();
    let inflated = 0;
    for await (const piece of inflate(openLayerBytes({ kind: 'file', path, offset: 0, length: size }))) {
      inflated += piece.length;
      if (inflated > layerInflatedBytes) {
        throw new Fault(
          'image/too-large',
          `'${path}' inflates to more than ${layerInflatedBytes} bytes (layerInflatedBytes)`,
        );
      }
      await target.writeFile(piece);
    }
  } catch (thrown) {
    await remove();
    if (!(thrown instanceof Fault) || thrown.code !== 'image/corrupt') throw thrown;
    throw new Fault('image/corrupt', `'${path}' is damaged: ${thrown.message}`, { cause: thrown });
  }
  return { path: file, [Symbol.asyncDispose]: remove };
}

async function placeFor(name: string, { temporaryFile }: OpenOptions) {
  if (temporaryFile !== undefined) {
    const file = await temporaryFile(name);
    return { file, remove: async () => await rm(file, { force: true }) };
  }
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  return { file: join(folder, name), remove: async () => await rm(folder, { recursive: true, force: true }) };
}
