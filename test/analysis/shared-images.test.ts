import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyzeImage } from '#analysis/analyze-image.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import type { Package } from '#core/package.ts';
import { openFolderBlobs } from '#platform/local/folder-blobs.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { openImage } from '#registry/open-image.ts';

const images = join(import.meta.dirname, '../../../shared/images');
const skip = existsSync(images) ? false : 'the folder ../shared/images is not there';

/** Image, platform (null for the only one), and the list of its packages by the distribution's own tool. */
const cases = [
  ['oci-archive:alpine-3.20.tar', 'linux/amd64', 'alpine-3.20.linux-amd64'],
  ['oci-archive:alpine-3.20.tar', 'linux/arm64', 'alpine-3.20.linux-arm64'],
  ['oci-archive:alpine-3.9.0.tar', null, 'alpine-3.9.0'],
  ['oci-archive:almalinux-9-micro.tar', null, 'almalinux-9-micro'],
  ['docker-archive:busybox-uclibc.docker.tar', null, 'busybox-uclibc.docker'],
  ['oci-archive:cbl-mariner-2.0-bdb.tar', null, 'cbl-mariner-2.0-bdb'],
  ['oci-archive:debian-12-slim.tar', null, 'debian-12-slim'],
  ['oci-archive:distroless-like-go.tar', null, 'distroless-like-go'],
  ['oci-archive:node-app-alpine-3.13.tar', null, 'node-app-alpine-3.13'],
  ['oci-archive:sle-15.3-bci-ndb.tar', null, 'sle-15.3-bci-ndb'],
  ['oci-archive:java-nested-alpine-3.12.tar', null, 'java-nested-alpine-3.12'],
] as const;

/** Programs that no tool lists, recognised by their bytes; those of the other images belong to packages. */
const unlisted: Readonly<Record<string, readonly string[]>> = { 'busybox-uclibc.docker': ['busybox 1.38.0'] };

/** Of Java the list has a row for each place, `ARCHIVE!INSIDE!INSIDE`; a package is one, with all its places. */
const rowsOf = ({ type, name, version, arch, source, paths }: Package) =>
  type === 'java'
    ? paths.map((path) => [type, name, version, arch, path.replaceAll(':', '!')])
    : [[type, name, version, arch, source]];

for (const [reference, platform, list] of cases) {
  const name = `${list} has the packages its own tool lists, and its layers are known the second time`;
  test(skip === false ? name : `${name} (skipped: ${skip})`, { skip }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'));
    const blobs = await openFolderBlobs(join(folder, 'blobs'), { alone: true });
    const temporaryFile = (it: string) => join(folder, it);
    const refused = async () => assert.fail('an archive needs no network');
    const world = { fetch: refused, clock: systemClock };
    const [kind, file] = reference.split(':');
    await using image = await openImage(world, `${kind}:${join(images, file!)}`, {
      limits: defaultLimits,
      temporaryFile,
      ...(platform === null ? {} : { platform }),
    });
    await using pool = openLayerPool();
    const options = { limits: defaultLimits, temporaryFile, pool };
    const first = await analyzeImage({ blobs, log: silentLog }, image, options);
    const wanted = readFileSync(join(images, 'expected', `${list}.packages.tsv`), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    const rows = wanted.map((line) => line.split('\t')).sort();
    const programs = first.packages.filter(({ type }) => type === 'binary');
    assert.deepEqual(
      programs.map(({ name, version }) => `${name} ${version}`),
      unlisted[list] ?? [],
    );
    const found = first.packages
      .filter(({ type }) => type !== 'binary')
      .flatMap(rowsOf)
      .sort();
    // What the list leaves blank is not compared.
    const compared = found.map((row, i) =>
      row.map((field, j) => (rows[i]?.[j] ? (field ?? '') : (rows[i]?.[j] ?? ''))),
    );
    assert.deepEqual(
      compared,
      rows.map((row) => Array.from({ length: 5 }, (_, j) => row[j] ?? '')),
    );
    assert.equal(
      first.layers.some(({ cached }) => cached),
      false,
    );
    const second = await analyzeImage({ blobs, log: silentLog }, image, options);
    assert.equal(
      second.layers.every(({ cached }) => cached),
      true,
    );
    assert.deepEqual({ ...second, layers: [] }, { ...first, layers: [] });
    await rm(folder, { recursive: true });
  });
}
