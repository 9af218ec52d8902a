import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Analyzer } from '#analysis/analyzer.ts';
import { apk } from '#analysis/analyzers/apk.ts';
import { dpkg } from '#analysis/analyzers/dpkg.ts';
import { osRelease } from '#analysis/analyzers/os-release.ts';
import { rpm } from '#analysis/analyzers/rpm.ts';
import { assemble } from '#analysis/assemble.ts';
import { compose } from '#analysis/compose.ts';
import { readLayer } from '#analysis/read-layer.ts';
import { distroNamespace } from '#core/distro.ts';
import { defaultLimits } from '#core/limits.ts';
import type { Fetch } from '#platform/fetch.ts';
import { dockerArchive } from '#registry/sources/open-docker-archive.ts';
import { ociArchive } from '#registry/sources/open-oci-archive.ts';

const images: readonly (readonly [name: string, platform: string | null, namespace: string | null])[] = [
  ['alpine-3.20', 'linux/amd64', 'alpine:3.20'],
  ['alpine-3.20', 'linux/arm64', 'alpine:3.20'],
  ['alpine-3.9.0', null, 'alpine:3.9'],
  ['node-app-alpine-3.13', null, 'alpine:3.13'],
  ['java-nested-alpine-3.12', null, 'alpine:3.12'],
  ['debian-12-slim', null, 'debian:12'],
  ['distroless-like-go', null, 'debian:12'],
  ['almalinux-9-micro', null, 'almalinux:9'],
  ['cbl-mariner-2.0-bdb', null, 'mariner:2.0'],
  ['sle-15.3-bci-ndb', null, 'sles:15.3'],
  ['busybox-uclibc.docker', null, null],
];

const analyzers: readonly Analyzer[] = [osRelease, dpkg, apk, rpm];
const shared = fileURLToPath(new URL('../../../shared/images/', import.meta.url));

for (const [name, platform, namespace] of images) {
  const file = join(shared, `${name}.tar`);
  if (!existsSync(file)) {
    test(`${name} (skipped: ../shared/images is not here)`, { skip: true }, () => {});
    continue;
  }
  const label = platform === null ? name : `${name}.${platform.replace('/', '-')}`;

  test(`${label}: the packages are those that the distribution's own tool lists`, async () => {
    const { distro, packages, notes } = await analyze(file, platform);
    assert.deepEqual(notes, []);
    assert.equal(distroNamespace(distro), namespace);
    assert.equal(distro?.id, namespace?.split(':')[0] ?? 'busybox');
    const rows = packages.map((found) =>
      [found.type, found.name, found.version, found.arch ?? '', found.source ?? ''].join('\t'),
    );
    assert.deepEqual(rows.sort(), expectedRows(join(shared, 'expected', `${label}.packages.tsv`)));
    for (const found of packages.filter(({ name: one }) => one !== 'gpg-pubkey')) {
      assert.notEqual(found.origin, null, found.name);
      assert.notEqual(found.layer, null, found.name);
    }
  });
}

async function analyze(file: string, platform: string | null) {
  const fetch: Fetch = () => Promise.reject(new Error('no network in this test'));
  const world = { fetch, clock: { now: () => 0, sleep: async () => {} } };
  const options = { limits: defaultLimits, ...(platform === null ? {} : { platform }) };
  const kind = file.endsWith('.docker.tar') ? dockerArchive : ociArchive;
  await using source = await kind.open(world, { reference: file, rest: file, options });
  const temporaryPath = join(tmpdir(), 'plimsoll-test');
  const layers = source.layers.map((layer) => ({
    diffId: layer.diffId!,
    records: readLayer(layer, { analyzers, limits: defaultLimits, temporaryPath }),
  }));
  const composed = await compose(layers, analyzers, defaultLimits);
  const diffIds = layers.map(({ diffId }) => diffId);
  const assembled = assemble(composed, diffIds, analyzers, defaultLimits);
  return { ...assembled, notes: [...composed.notes, ...assembled.notes] };
}

/** The rows of the types that these analyzers find. */
function expectedRows(path: string): string[] {
  const [, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return rows.filter((row) => /^(?:deb|rpm|apk)\t/.test(row)).sort();
}
