import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { golang } from '#analysis/analyzers/golang.ts';
import { npm } from '#analysis/analyzers/npm.ts';
import { python } from '#analysis/analyzers/python.ts';
import { assemble } from '#analysis/assemble.ts';
import { compose } from '#analysis/compose.ts';
import { readLayer } from '#analysis/read-layer.ts';
import { defaultLimits } from '#core/limits.ts';
import { ociArchive } from '#registry/sources/open-oci-archive.ts';

const analyzers = [npm, python, golang];
const shared = join(import.meta.dirname, '../../../shared/images');

for (const name of ['node-app-alpine-3.13', 'distroless-like-go', 'debian-12-slim']) {
  const file = join(shared, `${name}.tar`);
  const absent = existsSync(file) ? '' : ' (skipped: ../shared/images is not here)';

  test(`${name}: packages of languages are those that their own tools list${absent}`, {
    skip: absent !== '',
  }, async () => {
    const world = {
      fetch: () => Promise.reject(new Error('no network in this test')),
      clock: { now: () => 0, sleep: async () => {} },
    };
    await using image = await ociArchive.open(world, {
      reference: file,
      rest: file,
      options: { limits: defaultLimits },
    });
    const options = { analyzers, limits: defaultLimits, temporaryPath: join(tmpdir(), 'plimsoll-test') };
    const layers = image.layers.map((layer) => ({ diffId: layer.diffId!, records: readLayer(layer, options) }));
    const composed = await compose(layers, analyzers, defaultLimits);
    const diffIds = layers.map(({ diffId }) => diffId);
    const { packages, notes } = assemble(composed, diffIds, analyzers, defaultLimits);
    assert.deepEqual([...composed.notes, ...notes], []);
    const rows = packages.map((one) => [one.type, one.name, one.version, one.arch ?? '', one.source ?? ''].join('\t'));
    const expected = readFileSync(join(shared, 'expected', `${name}.packages.tsv`), 'utf8').split('\n');
    assert.deepEqual(rows.sort(), expected.filter((row) => /^(npm|python|golang)\t/.test(row)).sort());
  });
}
