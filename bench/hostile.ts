import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digestHex, digestOf } from '#core/digest.ts';
import type { AnalysisJob } from './analysis/analysis-job.ts';
import { type HostileCase, hostileCases, oneFile } from './hostile/hostile-cases.ts';
import { watchedCommand } from './hostile/watched-command.ts';
import { type FileLayer, gzipLayer } from './made-layers.ts';
import { aligned } from './matching/table.ts';

/**
 * Scans images that mean harm with the real command, and with an analyzer process that has no database, beside an image of
 * one file: `npm run bench:hostile -- [TEXT...]` takes the cases whose names have one of these texts in them. Ends with 1
 * when one is above the marks.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const cases = hostileCases.filter(
  ({ name }) => positionals.length === 0 || positionals.some((text) => name.includes(text)),
);
const program = join(import.meta.dirname, '../bin/plimsoll.ts');
const analysis = join(import.meta.dirname, 'analysis/run-job.ts');
/** Seconds, MiB more than the image of one file, MiB of an analyzer alone. */
const marks = { seconds: 60, more: 512, alone: 512 };
const mostSeconds = 300;
/** What is packed is not what is measured. */
const quickGzip = { level: 1, chunkSize: 256 * 1024 };
/** What the analyzer's task gives Node (infra/fargate-task.ts). */
const asTask = ['--max-semi-space-size=8'];

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-hostile-'));
try {
  // The first start fills the caches of modules and of the database.
  await measured(oneFile);
  const plain = await measured(oneFile);
  const rows = [rowOf(oneFile, plain, plain.whole.peak)];
  const outcomes = [outcomeOf(plain)];
  let above = 0;
  for (const one of cases) {
    const found = await measured(one);
    const row = rowOf(one, found, plain.whole.peak);
    above += row.at(-1) === '' ? 0 : 1;
    rows.push(row);
    outcomes.push(outcomeOf(found));
    console.error(row.join('  '), outcomes.at(-1));
  }
  const head = ['case', 'stored', 'exit', 'seconds', 'CPU', 'peak', 'more', 'alone', 'above the marks'];
  const lines = aligned([head, ...rows]).split('\n');
  const width = Math.max(...lines.map(({ length }) => length));
  for (const [index, line] of lines.entries())
    console.log(`${line.padEnd(width)}  ${outcomes[index - 1] ?? 'outcome'}`);
  process.exitCode = above > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

type Measured = Awaited<ReturnType<typeof measured>>;

async function measured(one: HostileCase) {
  const place = join(folder, 'image');
  await mkdir(join(place, 'blobs/sha256'), { recursive: true });
  try {
    const layers: FileLayer[] = [];
    for (const pieces of one.layers())
      layers.push(await gzipLayer(join(place, `layer-${layers.length}`), pieces, quickGzip));
    await writeLayout(place, layers);
    const options = ['--offline', '--data', join(folder, 'data'), '--output', 'json', ...(one.options ?? [])];
    const whole = await watchedCommand([program, 'scan', `oci:${place}`, ...options], mostSeconds);
    const job: AnalysisJob = { what: 'analyze', layers, threads: 2, data: join(place, 'data'), temporary: place };
    await writeFile(join(place, 'job.json'), JSON.stringify(job));
    const alone = await watchedCommand([...asTask, analysis, join(place, 'job.json')], mostSeconds);
    return { whole, alone, stored: layers.reduce((sum, { size }) => sum + size, 0) };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function writeLayout(place: string, layers: readonly FileLayer[]): Promise<void> {
  const blob = async (content: object) => {
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = digestOf(bytes);
    await writeFile(join(place, 'blobs/sha256', digestHex(digest)), bytes);
    return { digest, size: bytes.length };
  };
  for (const { digest, bytes } of layers) {
    await link(bytes.path, join(place, 'blobs/sha256', digestHex(digest!))).catch(() => {});
  }
  const diffIds = layers.map(({ diffId }) => diffId);
  const config = await blob({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } });
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await blob({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  await writeFile(join(place, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(place, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: type, ...manifest }] }),
  );
}

function rowOf(one: HostileCase, { whole, alone, stored }: Measured, plain: number): string[] {
  const more = whole.peak - plain;
  const above = [
    whole.seconds > marks.seconds ? 'seconds' : '',
    more > marks.more ? 'memory' : '',
    alone.peak > marks.alone ? 'alone' : '',
    typeof whole.ended === 'string' ? 'killed' : '',
  ];
  return [
    one.name,
    `${(stored / 1e6).toFixed(1)} MB`,
    String(whole.ended),
    whole.seconds.toFixed(1),
    whole.cpu.toFixed(1),
    `${whole.peak.toFixed(0)} MiB`,
    `${more.toFixed(0)} MiB`,
    `${alone.peak.toFixed(0)} MiB`,
    above.filter(Boolean).join(' '),
  ];
}

/** The first line of the error, or how much was found and the first note. */
function outcomeOf({ whole: { ended, out, err } }: Measured): string {
  if (ended !== 0 && ended !== 1)
    return (
      err
        .split('\n')
        .find((line) => line.startsWith('plimsoll: '))
        ?.slice(10, 150) ?? err.slice(-150)
    );
  const { packages, notes } = JSON.parse(out) as {
    packages: unknown[];
    notes: { path: string | null; problem: string }[];
  };
  const first = notes.find(({ path, problem }) => path !== null || problem.includes('limit')) ?? null;
  const said = first === null ? '' : `, ${notes.length} notes: ${first.problem}`;
  return `${packages.length} packages${said}`.slice(0, 110);
}
