import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Image } from '#catalog/image.ts';
import { imageDocument } from '#functions/api/image-documents.ts';
import type { ApiWorld } from '#functions/api/route.ts';
import { someReport } from '#test/support/reports.ts';

const nothing = {} as ApiWorld;
const layer = (name: string, size: number) => ({
  ...{ digest: `sha256:${name}`, diffId: `sha256:of-${name}`, mediaType: 'x', size, cached: false },
});
const step = (createdBy: string, emptyLayer = false, comment: string | null = null) => ({
  ...{ createdBy, created: null, emptyLayer, comment },
});

async function history(report: Parameters<typeof someReport>[1]) {
  const text = await imageDocument(nothing, {} as Image, someReport([], report), 'docker_history');
  return JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, unknown>[];
}

test('each step of the history has the layer that it made, and empty ones none', async () => {
  const steps = [step('ADD rootfs'), step('ENV a=b', true, 'buildkit.dockerfile.v0'), step('RUN make')];
  assert.deepEqual(await history({ history: steps, layers: [layer('a', 10), { ...layer('b', 20), digest: null }] }), [
    { Created: null, CreatedBy: 'ADD rootfs', Comment: '', Id: 'sha256:a', Size: 10, Tags: [] },
    { Created: null, CreatedBy: 'ENV a=b', Comment: 'buildkit.dockerfile.v0', Id: '<missing>', Size: 0, Tags: [] },
    { Created: null, CreatedBy: 'RUN make', Comment: '', Id: 'sha256:of-b', Size: 20, Tags: [] },
  ]);
});

test('a history of more steps than layers, or of none, is shown as it is', async () => {
  const more = await history({ history: [step('one'), step('two')], layers: [layer('a', 10)] });
  assert.deepEqual(
    more.map(({ Id }) => Id),
    ['sha256:a', '<missing>'],
  );
  assert.deepEqual(await history({ history: [], layers: [layer('a', 10)] }), []);
});

test('a Dockerfile that did not come with the image is empty', async () => {
  const image = { dockerfile: null } as Image;
  assert.equal(await imageDocument(nothing, image, someReport([]), 'dockerfile'), '');
  assert.equal(await imageDocument(nothing, image, someReport([]), 'manifest'), '');
});
