import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PackageType } from '#core/ecosystem.ts';
import { advisoryName } from '#core/package-name.ts';

const names: readonly (readonly [type: PackageType, written: string, found: string])[] = [
  ['python', 'Zope.Interface', 'zope-interface'],
  ['python', 'a-_.b', 'a-b'],
  ['nuget', 'Newtonsoft.Json', 'newtonsoft.json'],
  ['composer', 'Drupal/Core', 'drupal/core'],
  ['cargo', 'crossbeam_utils', 'crossbeam-utils'],
  ['cargo', 'RustyXML', 'rustyxml'],
  ['golang', 'github.com/!azure/azure-sdk-for-go', 'github.com/Azure/azure-sdk-for-go'],
  ['golang', 'github.com/Masterminds/semver/v3', 'github.com/Masterminds/semver/v3'],
  ['npm', 'JSONStream', 'JSONStream'],
  ['npm', '@babel/core', '@babel/core'],
  ['java', 'org.Example:Tool_kit', 'org.Example:Tool_kit'],
  ['gem', 'RedCloth', 'RedCloth'],
  ['cran', 'Rcpp', 'Rcpp'],
  ['hackage', 'QuickCheck', 'QuickCheck'],
  ['deb', 'libSDL', 'libSDL'],
  ['swift', 'github.com/apple/swift-nio', 'github.com/apple/swift-nio'],
  ['swift', 'https://github.com/Apple/Swift-NIO.git', 'github.com/apple/swift-nio'],
  ['swift', 'https://user:word@github.com:443/apple/swift-nio.git/', 'github.com/apple/swift-nio'],
  ['swift', 'git@github.com:apple/swift-nio.git', 'github.com/apple/swift-nio'],
  ['swift', 'ssh://git@github.com:22/apple/swift-nio', 'github.com/apple/swift-nio'],
  ['swift', '', ''],
];

test('a package has one name in advisories, however an upstream or an image writes it', () => {
  for (const [type, written, found] of names) {
    assert.equal(advisoryName(type, written), found, `${type} ${written}`);
    assert.equal(advisoryName(type, found), found, `${type} ${found}`);
  }
});

test('a name of any length is read in time that grows with it', () => {
  for (const piece of ['/', ':', '@', '.git', '-', '!a'])
    assert.ok(advisoryName('swift', piece.repeat(200_000)).length <= 800_000);
});
