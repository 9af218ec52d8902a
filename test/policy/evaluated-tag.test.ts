import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvaluatedTag } from '#policy/evaluated-tag.ts';

const cases: readonly (readonly [string, string, string, string])[] = [
  ['docker.io/library/nginx:1.25', 'docker.io', 'library/nginx', '1.25'],
  ['nginx', 'docker.io', 'nginx', 'latest'],
  ['library/nginx:1', 'docker.io', 'library/nginx', '1'],
  ['dockerhub/library/nginx:1', 'docker.io', 'library/nginx', '1'],
  ['localhost/app:1', 'localhost', 'app', '1'],
  ['localhost:5000/app', 'localhost:5000', 'app', 'latest'],
  ['registry.example.com/a/b/c:x', 'registry.example.com', 'a/b/c', 'x'],
  ['registry.example.com/a@sha256:00', 'registry.example.com', 'a', ''],
  ['registry.example.com/a:1@sha256:00', 'registry.example.com', 'a', '1'],
  ['', 'docker.io', '*/*', '*'],
  ['*/*:*', 'docker.io', '*/*', '*'],
];

for (const [text, registry, repository, tag] of cases) {
  test(`'${text}' is seen as registry ${registry}, repository ${repository}, tag '${tag}'`, () => {
    assert.deepEqual(parseEvaluatedTag(text), { registry, repository, tag });
  });
}
