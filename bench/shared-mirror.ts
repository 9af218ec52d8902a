import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mirrored } from '#feeds/mirror.ts';
import type { Fetch } from '#platform/fetch.ts';
import { answerBodhi } from './shared-mirror/bodhi.ts';
import { layOutLifecycle } from './shared-mirror/lifecycle.ts';
import { layOutNvd } from './shared-mirror/nvd.ts';
import { layOutSamples } from './shared-mirror/samples.ts';

const run = promisify(execFile);

/** What a snapshot is laid out by; false in a checkout that has none beside it. */
export async function hasSnapshots(shared: string): Promise<boolean> {
  return access(join(shared, 'feeds/make-mirror')).then(
    () => true,
    () => false,
  );
}

/**
 * Lays every snapshot of upstreams' files that a feed reads out as `folder/HOST/PATH`, as `--feeds-mirror` wants it: whole ones, and
 * files of which other projects' tests keep a few records. NVD's and endoflife.date's are written in the form that is served today. Needs
 * python3, zstd and tar; takes about a minute.
 */
export async function layOutMirror(shared: string, folder: string): Promise<void> {
  const feeds = join(shared, 'feeds');
  await run(join(feeds, 'make-mirror'), [folder, ...served], { maxBuffer: 2 ** 26 });
  await layOutNvd(feeds, folder);
  await layOutLifecycle(feeds, folder);
  await layOutSamples(feeds, folder);
}

/** NVD's files of the old form (1.1) are not: no feed asks for them. */
const served = ['osv', 'alpine', 'debian', 'kev', 'epss', 'azurelinux', 'redhat', 'go'];

/** A fetch that reads such a mirror and nothing else; questions to Bodhi, which no folder can answer, are answered as well. */
export function fetchFrom(folder: string): Fetch {
  const offline: Fetch = (url) => Promise.reject(new Error(`not in the mirror: ${url}`));
  return answerBodhi(mirrored(offline, folder), folder);
}
