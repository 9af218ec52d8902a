import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findGroup } from '#feeds/feed-group.ts';
import type { Measured, Told } from './matching/measured.ts';
import type { RunOptions } from './matching/run.ts';
import { shown, table } from './matching/table.ts';
import { hasSnapshots, layOutMirror } from './shared-mirror.ts';

/**
 * Measures feeds and matching on a PostgreSQL server of its own and on PGlite, and prints one table:
 * `npm run bench:matching -- [--postgres] [--pglite] [--url URL] [--images N] [--pglite-images N] [--mirror DIR] [GROUP ...]`.
 * A URL is of an empty database. Upstreams' files and lists of real packages are those beside the repository; where they are not
 * there, made data takes their place. With groups only these are loaded; with `--images 0` there is no fleet.
 */
const { values, positionals: groups } = parseArgs({
  allowPositionals: true,
  options: {
    postgres: { type: 'boolean' },
    pglite: { type: 'boolean' },
    url: { type: 'string' },
    images: { type: 'string', default: '100000' },
    'pglite-images': { type: 'string' },
    mirror: { type: 'string' },
  },
});
for (const group of groups) findGroup(group);
const shared = resolve(import.meta.dirname, '../../shared');
const temporary = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
try {
  const mirror = values.mirror ?? (await madeMirror());
  const lists = (await isThere(join(shared, 'images/expected'))) ? join(shared, 'images/expected') : null;
  if (mirror === null) console.log(`${join(shared, 'feeds')} is not there: one made feed is loaded`);
  if (lists === null) console.log(`${join(shared, 'images/expected')} is not there: images are made of made packages`);
  const images = Number(values.images);
  const few = Number(values['pglite-images'] ?? Math.min(images, 5000));
  const runs = new Map<string, readonly Measured[]>();
  for (const [name, database, fleet] of databases(images, few))
    runs.set(name, await run({ database, mirror, lists, groups, images: fleet }));
  console.log(
    `\n${table(runs)}\n\n${cpus().length} cores, load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')} at the end`,
  );
} finally {
  await rm(temporary, { recursive: true, force: true });
}

/** Both of our own when none is named. */
function databases(images: number, few: number): (readonly [string, string, number])[] {
  const all = values.postgres !== true && values.pglite !== true && values.url === undefined;
  return [
    ...(values.url === undefined ? [] : ([['PostgreSQL by URL', values.url, images]] as const)),
    ...(all || values.postgres ? ([['PostgreSQL', 'postgres', images]] as const) : []),
    ...(all || values.pglite ? ([['PGlite', 'pglite', few]] as const) : []),
  ];
}

async function madeMirror(): Promise<string | null> {
  if (!(await hasSnapshots(shared))) return null;
  await layOutMirror(shared, temporary);
  return temporary;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function run(options: RunOptions): Promise<readonly Measured[]> {
  const child = fork(fileURLToPath(new URL('matching/run.ts', import.meta.url)));
  const found: Measured[] = [];
  child.on('message', (told: Told) => {
    if ('measured' in told) found.push(told.measured);
    console.log('said' in told ? told.said : `${told.measured.what}: ${shown(told.measured)}`);
  });
  child.send(options);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the run on ${options.database} ended with ${code}`);
  return found;
}
