import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ecosystems } from '#core/ecosystem.ts';
import { namespaceComparator } from '#feeds/namespace-comparator.ts';

test('the advisories of every language are ordered by the scheme of their ecosystem', () => {
  const schemes = {
    npm: 'semver',
    pypi: 'pep440',
    go: 'golang',
    gem: 'gem',
    maven: 'maven',
    nuget: 'nuget',
    composer: 'composer',
    cargo: 'cargo',
    hex: 'hex',
    pub: 'pub',
    cran: 'cran',
    hackage: 'hackage',
    swift: 'semver',
    cocoapods: 'semver',
    conan: 'generic',
    julia: 'julia',
    bitnami: 'bitnami',
  };
  for (const [namespace, scheme] of Object.entries(schemes)) {
    assert.equal(namespaceComparator(namespace)?.scheme, scheme, namespace);
  }
  const languages = Object.values(ecosystems).flatMap(({ namespace }) => namespace ?? []);
  assert.deepEqual([...languages].sort(), Object.keys(schemes).sort(), 'a namespace belongs to one kind of package');
});

test('the advisories of a distribution are ordered by the scheme of its packages', () => {
  assert.equal(namespaceComparator('alpine:3.20')?.scheme, 'apk');
  assert.equal(namespaceComparator('debian:12')?.scheme, 'deb');
  assert.equal(namespaceComparator('almalinux:9')?.scheme, 'rpm');
});

test('a namespace that nobody knows has no order', () => {
  for (const namespace of ['', 'java', 'gem:1', 'constructor', 'plan9:4'])
    assert.equal(namespaceComparator(namespace), null);
});

test('programs that no package manager knows are ordered as versions mostly are', () => {
  assert.equal(namespaceComparator('cpe')?.scheme, 'generic');
});
