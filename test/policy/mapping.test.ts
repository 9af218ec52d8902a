import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvaluatedTag } from '#policy/evaluated-tag.ts';
import { firstSelected } from '#policy/mapping.ts';

const selects = (registry: string, repository: string, tag: string) =>
  firstSelected([{ name: 'n', registry, repository, image: { type: 'tag', value: '*' } }], {
    ...parseEvaluatedTag(tag),
    ...{ digests: [], imageId: '' },
  }) !== null;

test('an official image of Docker Hub is selected by either of its names, however the tag was written', () => {
  for (const tag of ['alpine:3.20', 'docker.io/alpine:3.20', 'docker.io/library/alpine:3.20']) {
    for (const name of ['alpine', 'library/alpine', 'library/*', 'alp*', '*'])
      assert.ok(selects('docker.io', name, tag), `${name} of ${tag}`);
    for (const name of ['nginx', 'library/nginx', 'team/alpine', 'library'])
      assert.ok(!selects('docker.io', name, tag), `${name} of ${tag}`);
    assert.ok(!selects('quay.io', 'alpine', tag));
  }
});

test('other repositories and registries have one name', () => {
  assert.ok(!selects('docker.io', 'app', 'docker.io/team/app:1'));
  assert.ok(!selects('docker.io', 'library/team/app', 'docker.io/team/app:1'));
  assert.ok(!selects('quay.io', 'alpine', 'quay.io/library/alpine:1'));
  assert.ok(!selects('quay.io', 'library/alpine', 'quay.io/alpine:1'));
});
