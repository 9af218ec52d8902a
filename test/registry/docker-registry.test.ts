import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { openImage } from '#registry/open-image.ts';
import { image, layer, writeOciArchive } from '#test/support/image-builder.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

/** `host:port` of a registry on loopback that is not ours (Debian's docker-registry), to which skopeo pushes. */
const registry = process.env['PLIMSOLL_TEST_REGISTRY'] || null;
const note = registry === null ? 'skipped: PLIMSOLL_TEST_REGISTRY names no registry' : `at ${registry}`;
const skip = registry === null;

const shared = join(import.meta.dirname, '../../../shared/images');

test(`an image that skopeo pushed to a foreign registry is the archive's, byte for byte (${note})`, {
  skip,
}, async () => {
  await using folder = await temporaryFolder();
  const files = ['1.2.3-r4', '2.0-r0'].map((version) =>
    layer([
      { path: 'etc/alpine-release', content: '3.20.0\n' },
      { path: 'lib/apk/db/installed', content: `P:sample\nV:${version}\nA:x86_64\nL:MIT\n\n` },
    ]),
  );
  const archive = join(folder.path, 'image.tar');
  await writeOciArchive(archive, [image({ layers: files, tag: 'v1' })]);
  await provesTheSame(folder.path, archive, 'v1', 'team/sample');
});

for (const name of ['alpine-3.20', 'debian-12-slim', 'node-app-alpine-3.13']) {
  const archive = join(shared, `${name}.tar`);
  const absent = existsSync(archive) ? '' : ', skipped: ../shared/images is not there';
  const title = `${name}, pushed by skopeo to a foreign registry, has what its archive has (${note}${absent})`;
  test(title, { skip: skip || absent !== '' }, async () => {
    await using folder = await temporaryFolder();
    await provesTheSame(folder.path, archive, null, `real/${name}`);
  });
}

/** Pushes an archive by skopeo, pulls it by our client, and compares digests and packages with the archive's own. */
async function provesTheSame(folder: string, archive: string, tag: string | null, repository: string): Promise<void> {
  const from = `oci-archive:${archive}${tag === null ? '' : `:${tag}`}`;
  const reference = `${registry}/${repository}:pushed`;
  const copied = ['copy', '--all', '--preserve-digests', '--dest-tls-verify=false', from, `docker://${reference}`];
  await promisify(execFile)('skopeo', copied);
  const [pulled, read] = await Promise.all([
    scan(folder, 'pulled', reference),
    scan(folder, 'read', `oci-archive:${archive}`),
  ]);
  assert.ok(pulled.packages.length > 0);
  assert.deepEqual(pulled, read);
}

async function scan(folder: string, name: string, reference: string) {
  const temporaryFile = (it: string) => join(folder, `${name}-${it}`);
  const world = { fetch: systemFetch(), clock: systemClock };
  await using source = await openImage(world, reference, {
    limits: defaultLimits,
    temporaryFile,
    platform: 'linux/amd64',
  });
  const blobs = await openFolderBlobs(join(folder, name), { alone: true });
  const report = await analyzeImage({ blobs, log: silentLog }, source, { limits: defaultLimits, temporaryFile });
  const layers = report.layers.map(({ digest }) => digest);
  return { digest: source.digest, manifest: source.manifest, layers, packages: report.packages, distro: report.distro };
}
