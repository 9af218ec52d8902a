import { open } from 'node:fs/promises';
import { compressionByMagic } from '#registry/layer-bytes.ts';
import type { Compression } from '#registry/layer-source.ts';
import type { FileLayer } from '../made-layers.ts';
import { type Cost, costOf } from './command-cost.ts';

/** Inflates `$1`. zstd is not everywhere: then Node takes its place. */
const commands: Record<Compression, string> = {
  gzip: 'gzip -dc "$1"',
  zstd: `if command -v zstd >/dev/null; then zstd -q -dc "$1"; else ${process.execPath} -e 'process.stdin.pipe(require("zlib").createZstdDecompress()).pipe(process.stdout)' <"$1"; fi`,
  none: 'cat "$1"',
};

/** What the usual tools take to inflate and hash the layers, one after another, and how many bytes that is. */
export async function plainTools(
  layers: readonly FileLayer[],
): Promise<{ readonly cost: Cost; readonly inflated: number }> {
  let [seconds, cpu, inflated] = [0, 0, 0];
  for (const { bytes } of layers) {
    const command = commands[await compressionOf(bytes.path)];
    const { cost } = await costOf(`${command} | sha256sum`, [bytes.path]);
    seconds += cost.seconds;
    cpu += cost.cpu;
    inflated += Number((await costOf(`${command} | wc -c`, [bytes.path])).output);
  }
  return { cost: { seconds, cpu }, inflated };
}

async function compressionOf(path: string): Promise<Compression> {
  await using file = await open(path, 'r');
  const first = Buffer.alloc(6);
  await file.read(first, 0, first.length, 0);
  return compressionByMagic(first);
}
