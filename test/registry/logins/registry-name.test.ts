import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegistryName } from '#registry/logins/registry-name.ts';
import { isFault } from '#test/support/is-fault.ts';

test('a name is a host, a repository of it, or what repositories begin with', () => {
  const cases: Readonly<Record<string, readonly [string, string, boolean]>> = {
    'quay.io': ['quay.io', '', false],
    'Registry.Example.test:5000': ['registry.example.test:5000', '', false],
    localhost: ['localhost', '', false],
    '10.1.2.3:5000/team/app': ['10.1.2.3:5000', 'team/app', false],
    '[::1]:5000/a': ['[::1]:5000', 'a', false],
    'quay.io/*': ['quay.io', '', true],
    'quay.io/team/*': ['quay.io', 'team/', true],
    'quay.io/team/app-*': ['quay.io', 'team/app-', true],
    'docker.io': ['docker.io', '', false],
    'index.docker.io': ['docker.io', '', false],
    'docker.io/alpine': ['docker.io', 'library/alpine', false],
    'docker.io/me/*': ['docker.io', 'me/', true],
  };
  for (const [name, [host, path, wildcard]] of Object.entries(cases))
    assert.deepEqual(parseRegistryName(name), { host, path, wildcard }, name);
});

test('an asterisk that could stand for a host of somebody else is refused', () => {
  for (const name of ['quay.io*', '*', '*.example.test', 'quay.*/a', 'quay.io/*/app', 'quay.io/a**'])
    assert.throws(() => parseRegistryName(name), isFault('input/invalid'), name);
});

test('schemes and slashes at the end are refused as the original does, other nonsense by its form', () => {
  for (const name of ['https://quay.io', 'HTTP://quay.io', 'quay.io/', 'quay.io/team/'])
    assert.throws(() => parseRegistryName(name), isFault('state/conflict'), name);
  for (const name of ['', 'quay', 'quay.io//a', 'quay.io/A', 'quay.io/a b', 'a.b@c/d', `quay.io/${'a'.repeat(500)}`])
    assert.throws(() => parseRegistryName(name), isFault('input/invalid'), name);
  assert.throws(() => parseRegistryName('ann:hunter2@quay.io'), isFault('input/invalid', /HOST/, ['hunter2']));
});
