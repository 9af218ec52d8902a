import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from '#registry/client/challenge.ts';

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test('challenges are read as registries write them', () => {
  assert.deepEqual(
    read('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'),
    [
      [
        'bearer',
        { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
      ],
    ],
  );
  assert.deepEqual(read('Basic realm="a \\"quoted\\" name", charset=UTF-8'), [
    ['basic', { realm: 'a "quoted" name', charset: 'UTF-8' }],
  ]);
  assert.deepEqual(read('Negotiate, Basic realm="x" , BEARER Realm = "y",Error=invalid_token'), [
    ['negotiate', {}],
    ['basic', { realm: 'x' }],
    ['bearer', { realm: 'y', error: 'invalid_token' }],
  ]);
  assert.deepEqual(read('Bearer realm=https://host.example/token,service=host.example'), [
    ['bearer', { realm: 'https://host.example/token', service: 'host.example' }],
  ]);
});

test('a header that is no challenge gives what could be read, and never hangs', () => {
  assert.deepEqual(read(''), []);
  assert.deepEqual(read('"?'), []);
  assert.deepEqual(read('Bearer'), [['bearer', {}]]);
  assert.deepEqual(read('Bearer realm="never closed'), [['bearer', {}]]);
  for (const text of [
    'a='.repeat(50_000),
    '"'.repeat(50_000),
    '\\"'.repeat(50_000),
    'a '.repeat(50_000),
    'a/,:'.repeat(20_000),
  ]) {
    parseChallenges(text);
    parseChallenges(`Bearer realm=${text}`);
    parseChallenges(`Bearer realm="${text}`);
  }
});
