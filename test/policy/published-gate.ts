import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '#policy/gate.ts';
import type { PublishedWords } from '#policy/published-packages.ts';
import { somePackage } from '#test/support/reports.ts';
import { messages, refusals, withPackages } from './sample-facts.ts';

const none = { npm: null, gem: null };

/** What the gates of npm and of RubyGems have in common, in the words of one of them. */
export function testPublishedGate({ gate, type, triggers, upper, newerPrefix, word }: PublishedWords): void {
  const { newer, unknown, version, blacklist } = triggers;
  const installed = withPackages(
    somePackage({ type, name: 'old', version: '1.0.0' }),
    somePackage({ type, name: 'newest', version: '2.0.0' }),
    somePackage({ type, name: 'strange', version: '1.0.0' }),
    somePackage({ type, name: 'forged', version: '9.9.9' }),
    somePackage({ type: 'deb', name: 'listed', version: '1' }),
  );
  const data = new Map([
    ['old', { latest: '1.1.0', versions: ['1.0.0', '1.1.0'] }],
    ['newest', { latest: '2.0.0', versions: ['2.0.0'] }],
    ['forged', { latest: '1.0.0', versions: ['0.9.0', '1.0.0'] }],
  ]);
  const known: Facts = { ...installed, published: { ...none, [type]: data } };
  const nothing: Facts = { ...installed, published: { ...none, [type]: new Map() } };
  const asked = (trigger: string, of: Facts) => messages(gate, trigger, {}, of);

  test(`${newer} tells packages of the registry that are not the latest`, () => {
    assert.deepEqual(asked(newer, known), [
      `${newerPrefix}Package (old) version (1.0.0) installed but is not the latest version (1.1.0)`,
      `${newerPrefix}Package (forged) version (9.9.9) installed but is not the latest version (1.0.0)`,
    ]);
  });

  test(`${unknown} tells packages that the registry does not know, if it knows any`, () => {
    assert.deepEqual(asked(unknown, known), [
      `${upper}NOTOFFICIAL Package (strange) in container but not in official ${upper} feed.`,
    ]);
    assert.deepEqual(asked(unknown, nothing), []);
  });

  test(`${version} tells versions that were never published`, () => {
    assert.deepEqual(asked(version, known), [
      `${upper}BADVERSION Package (forged) version (9.9.9) installed but version is not in the official feed for this package (['0.9.0', '1.0.0'])`,
    ]);
  });

  test('without data these are silent, and feed_data_unavailable tells why', () => {
    for (const trigger of [newer, unknown, version]) assert.deepEqual(asked(trigger, installed), []);
    assert.deepEqual(asked('feed_data_unavailable', installed), [
      `${word} packages are present but the anchore ${type} feed is not available - will be unable to perform checks that require feed data`,
    ]);
    assert.deepEqual(asked('feed_data_unavailable', nothing), []);
  });

  test(`${blacklist} tells a package of a name once, or in one version only`, () => {
    const listed = (parameters: Readonly<Record<string, string>>) => messages(gate, blacklist, parameters, installed);
    assert.deepEqual(listed({ name: 'old' }), [`${word} Package is blacklisted: old`]);
    assert.deepEqual(listed({ name: 'old', version: '1.0.0' }), [`${word} Package is blacklisted: old-1.0.0`]);
    assert.deepEqual(listed({ name: 'old', version: '1.0' }), []);
    assert.deepEqual(listed({ name: 'listed' }), []);
    assert.match(refusals(gate, blacklist, {})[0]!, /Required parameter/);
  });
}
