import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BaseImage } from '#schema/image-report.ts';
import { facts, messages, reasons, refusals } from '../sample-facts.ts';

const alpine: BaseImage = {
  reference: 'docker.io/library/alpine:3.20',
  digest: 'sha256:aa',
  layers: 1,
  by: 'annotation',
};
const on = (base: BaseImage | null) => ({ ...facts, base });

test('unknown tells that nothing is known of the base', () => {
  assert.deepEqual(messages('base_image', 'unknown', {}, on(null)), ['What the image was built on is not known']);
  assert.deepEqual(messages('base_image', 'unknown', {}, on(alpine)), []);
});

test('reference knows the base by name and by digest', () => {
  const asked = (images: string, type: string, base: BaseImage | null = alpine) =>
    messages('base_image', 'reference', { images, type }, on(base));
  assert.deepEqual(asked('docker.io/library/alpine:*', 'allowed'), []);
  assert.deepEqual(asked('sha256:aa,other', 'allowed'), []);
  assert.deepEqual(asked('docker.io/library/debian:*', 'allowed'), [
    'The image was built on docker.io/library/alpine:3.20, which is not allowed',
  ]);
  assert.deepEqual(asked('*alpine*', 'denied').length, 1);
  assert.deepEqual(asked('*debian*', 'denied'), []);
  assert.deepEqual(asked('*', 'allowed', null), [
    'The image was built on an image that is not known, which is not allowed',
  ]);
  assert.deepEqual(asked('*', 'denied', null), []);
});

test('a match has the id of the base, so that it can be allowlisted', () => {
  const parameters = { images: '*debian*', type: 'allowed' };
  assert.equal(reasons('base_image', 'reference', parameters, on(alpine))[0]!.id, 'base+docker.io/library/alpine:3.20');
  assert.match(refusals('base_image', 'reference', { images: 'regexp:[', type: 'allowed' })[0]!, /patterns/);
  assert.match(refusals('base_image', 'reference', { images: 'a', type: 'whitelist' })[0]!, /'denied'/);
});
