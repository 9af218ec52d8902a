import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '#core/fault.ts';
import { formatPlatform, parsePlatform, platformRank } from '#registry/image/image-platform.ts';

const rank = (wanted: string, offered: string) => {
  const [os, architecture, variant] = offered.split('/');
  return platformRank(parsePlatform(wanted), { os: os!, architecture: architecture!, variant: variant ?? null });
};

test('platforms are read under all names that people give them', () => {
  const shown = (text: string) => formatPlatform(parsePlatform(text));
  assert.equal(shown('linux/arm64'), 'linux/arm64');
  assert.equal(shown('linux/aarch64'), 'linux/arm64');
  assert.equal(shown('arm64'), 'linux/arm64');
  assert.equal(shown('Linux/X86_64'), 'linux/amd64');
  assert.equal(shown('linux/arm/7'), 'linux/arm/v7');
  assert.equal(shown('linux/arm64/v8'), 'linux/arm64/v8');
  assert.equal(shown('linux/armel'), 'linux/arm/v6');
  assert.equal(shown('windows/amd64'), 'windows/amd64');
  assert.equal(shown('linux/s390x'), 'linux/s390x');
  for (const text of ['', 'linux/', 'a/b/c/d', 'linux/am d64', '/']) {
    assert.throws(
      () => parsePlatform(text),
      (thrown: Fault) => thrown.code === 'input/invalid',
      text,
    );
  }
});

test('what runs on the wanted platform is ranked, the nearest first', () => {
  assert.equal(rank('linux/arm64', 'linux/arm64'), 0);
  assert.equal(rank('linux/arm64', 'linux/arm64/v8'), 0);
  assert.equal(rank('linux/arm64/v8', 'linux/arm64'), 0);
  assert.equal(rank('linux/amd64', 'linux/amd64'), 0);
  assert.equal(rank('linux/arm', 'linux/arm/v7'), 0);
  const arm = ['linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5', 'linux/arm/v8'].map(
    (offered) => rank('linux/arm', offered)!,
  );
  assert.deepEqual(
    arm,
    arm.toSorted((a, b) => a - b),
  );
  assert.equal(rank('linux/arm/v6', 'linux/arm/v5'), 1);
  assert.equal(rank('linux/arm/v6', 'linux/arm/v7'), null);
  assert.equal(rank('linux/amd64/v2', 'linux/amd64/v3'), null);
  assert.notEqual(rank('linux/amd64', 'linux/amd64/v3'), null);
  assert.equal(rank('linux/amd64', 'windows/amd64'), null);
  assert.equal(rank('linux/arm64', 'linux/arm/v8'), null);
  assert.equal(rank('linux/386', 'linux/amd64'), null);
});
