import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLayerBytes } from '#registry/layer-bytes.ts';
import { openImage } from '#registry/open-image.ts';
import { defaultLimits } from '#core/limits.ts';
import { offlineFetch } from '#platform/local/offline-fetch.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import type { AnalysisDone, AnalysisJob } from './analysis/analysis-job.ts';
import { type Cost, costOf, least } from './analysis/command-cost.ts';
import { plainTools } from './analysis/plain-tools.ts';
import { type FileLayer, makeLayer, realFiles, smallFiles } from './made-layers.ts';
import { aligned } from './matching/table.ts';

/**
 * Times the analysis of images against `gzip -dc LAYER | sha256sum` on the same layers, in turns: cold on one thread and on
 * all cores, with a new layer on a known base, and with all layers known. Without arguments the images are the larger ones
 * beside the repository, where they are, and two that are made: 300,000 files, and one layer of 1 GB.
 */
const sources = process.argv.slice(2);
const shared = globSync(join(import.meta.dirname, '../../shared/images/*.tar'));
const usual = ['debian-12-slim', 'java-nested', 'distroless-like-go', 'node-app'];

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
try {
  say(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores; ${await hashing()}`);
  const added = await makeLayer(join(folder, 'added'), realFiles(2e6, 'srv'));
  const rows: Row[] = [];
  for (const source of sources.length > 0
    ? sources
    : usual.flatMap((name) => shared.filter((path) => path.includes(name)))) {
    rows.push(...(await measured(source.split('/').at(-1)!, await layersOf(source), added)));
  }
  if (sources.length === 0) {
    say('making a layer of 300,000 files');
    const many = await makeLayer(join(folder, 'many'), smallFiles(300_000));
    rows.push(...(await measured('300,000 files', [many], added)));
    await rm(many.bytes.path);
    say('making a layer of 1 GB');
    const large = await makeLayer(join(folder, 'large'), realFiles(1e9, 'opt'));
    rows.push(...(await measured('one layer of 1 GB', [large], added)));
  }
  console.log(table(rows));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** One line of the table; `tools` is null where nothing is read. */
interface Row {
  readonly what: string;
  readonly stored: number;
  readonly inflated: number;
  readonly tools: Cost | null;
  /** The whole process, with the start of Node. */
  readonly whole: Cost;
  readonly done: AnalysisDone;
}

/** The layers of an image, each copied to a file of its own: the usual tools read nothing else. */
async function layersOf(source: string): Promise<readonly FileLayer[]> {
  const world = { fetch: offlineFetch, clock: systemClock };
  await using image = await openImage(world, source, { limits: defaultLimits });
  const layers: FileLayer[] = [];
  for (const layer of image.layers) {
    if (layer.bytes.kind === 'folder') throw new Error('a folder has no layers to inflate');
    const path = join(folder, `layer-${layers.length}`);
    await writeFile(path, openLayerBytes(layer.bytes));
    const size = layer.size!;
    layers.push({ ...layer, size, bytes: { kind: 'file', path, offset: 0, length: size } });
  }
  return layers;
}

async function measured(name: string, layers: readonly FileLayer[], added: FileLayer): Promise<readonly Row[]> {
  say(name);
  const stored = layers.reduce((sum, { size }) => sum + size, 0);
  const runs = stored > 100e6 ? 2 : 3;
  const job = (changes: Partial<AnalysisJob>): AnalysisJob => {
    return { what: 'analyze', layers, threads: 0, data: join(folder, 'data'), temporary: folder, ...changes };
  };
  const forget = () => rm(join(folder, 'data'), { recursive: true, force: true });
  const row = async (what: string, read: readonly FileLayer[], one: AnalysisJob, before: () => Promise<unknown>) => {
    let [tools, whole, done]: [Cost | null, Cost | null, AnalysisDone | null] = [null, null, null];
    let inflated = 0;
    for (let run = 0; run < runs; run++) {
      if (read.length > 0) {
        const plain = await plainTools(read);
        tools = least(tools, plain.cost);
        inflated = plain.inflated;
      }
      await before();
      const [cost, result] = await runJob(one);
      whole = least(whole, cost);
      done = done === null ? result : { ...result, ...least(done, result), peak: Math.max(done.peak, result.peak) };
    }
    const size = read.reduce((sum, layer) => sum + layer.size, 0);
    return { what: `${name}: ${what}`, stored: size, inflated, tools, whole: whole!, done: done! };
  };
  const known = async () => {
    await forget();
    await runJob(job({}));
  };
  return [
    await row('read, inflate, hash in Node', layers, job({ what: 'read' }), async () => {}),
    await row('cold, one thread', layers, job({}), forget),
    await row('cold, a thread a core', layers, job({ threads: availableParallelism() }), forget),
    await row('known base, one new layer', [added], job({ layers: [...layers, added] }), known),
    await row('all layers known', [], job({}), async () => {}),
  ];
}

async function runJob(job: AnalysisJob): Promise<readonly [Cost, AnalysisDone]> {
  const path = join(folder, 'job.json');
  await writeFile(path, JSON.stringify(job));
  const script = join(import.meta.dirname, 'analysis/run-job.ts');
  const { cost, output } = await costOf('"$@"', [process.execPath, script, path]);
  return [cost, JSON.parse(output) as AnalysisDone];
}

/** Whether this machine hashes in hardware decides what the floor is: sha256sum of some distributions does not use it. */
async function hashing(): Promise<string> {
  const info = existsSync('/proc/cpuinfo') ? await readFile('/proc/cpuinfo', 'utf8') : '';
  const bytes = join(folder, 'bytes');
  await writeFile(bytes, Buffer.alloc(200e6, 'plimsoll'));
  const tool = (await costOf('sha256sum "$1"', [bytes])).cost;
  const begun = process.cpuUsage();
  (await import('node:crypto')).hash('sha256', await readFile(bytes));
  const { user } = process.cpuUsage(begun);
  await rm(bytes);
  const speed = (cpu: number) => `${(200 / cpu).toFixed(0)} MB/s`;
  return `SHA instructions ${/\bsha_ni\b|\bsha2\b/.test(info) ? 'yes' : 'no or unknown'}: sha256sum ${speed(tool.cpu)}, Node ${speed(user / 1e6)}`;
}

function table(rows: readonly Row[]): string {
  const head = [
    '',
    'stored',
    'inflated',
    'tools',
    'CPU',
    'analysis',
    'CPU',
    'of CPU',
    'whole process',
    'of CPU',
    'MB/s',
    'tools',
    'peak',
    'files',
  ];
  const megabytes = (bytes: number) => (bytes === 0 ? '' : `${(bytes / 1e6).toFixed(1)} MB`);
  const seconds = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(2)} s`);
  const ratio = (value: number, tools: Cost | null) => (tools === null ? '' : `${(value / tools.cpu).toFixed(2)}x`);
  const speed = (bytes: number, time: number | undefined) =>
    bytes === 0 || time === undefined ? '' : (bytes / 1e6 / time).toFixed(0);
  return aligned([
    head,
    ...rows.map(({ what, stored, inflated, tools, whole, done }) => [
      what,
      megabytes(stored),
      megabytes(inflated),
      seconds(tools?.seconds),
      seconds(tools?.cpu),
      seconds(done.seconds),
      seconds(done.cpu),
      ratio(done.cpu, tools),
      seconds(whole.cpu),
      ratio(whole.cpu, tools),
      speed(inflated, done.seconds),
      speed(inflated, tools?.seconds),
      `${done.peak.toFixed(0)} MiB`,
      done.files === 0 ? '' : done.files.toLocaleString('en-US'),
    ]),
  ]);
}

function say(text: string): void {
  console.error(text);
}
