import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBundle } from '#policy/bundle.ts';
import { bundles } from '#policy/bundles.ts';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts } from '#policy/gate.ts';
import { unusedParts } from '#policy/unused-parts.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { facts, image, osFinding } from './sample-facts.ts';

for (const { name, bundle } of bundles)
  test(`the bundle ${name} is a good one, of which every part counts`, () => {
    const parsed = parseBundle(structuredClone(bundle));
    assert.deepEqual(parsed.kind === 'invalid' ? parsed.problems : [], []);
    assert.deepEqual(unusedParts(bundle), []);
    const ids = bundle.policies.flatMap(({ rules }) => (rules ?? []).map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
  });

/** An image that does everything wrong, and one that does not. */
const bad: Facts = {
  ...facts,
  files: new Map(),
  fileChecks: [],
  dockerfile: 'FROM alpine\nRUN apt-get update\nADD . /srv\nENV DB_PASSWORD=x\nEXPOSE 22\n',
  findings: [{ ...osFinding, kev: { added: '2026-01-01', due: null, ransomware: false } }],
  image: {
    ...image,
    details: { ...image.details, secrets: [{ path: '/a', matches: [{ name: 'API_KEY', regex: 'x', lines: [0] }] }] },
  },
};
const good: Facts = {
  ...facts,
  files: new Map(),
  fileChecks: [],
  dockerfile: 'FROM alpine\nCOPY . /srv\nUSER app\nHEALTHCHECK CMD true\n',
  base: { reference: 'alpine', digest: null, layers: 1, by: 'annotation' },
  image: { ...image, details: { ...image.details, malware: [{ scanner: 'clamav', findings: [], databases: {} }] } },
};

const fired: Readonly<Record<string, readonly string[]>> = {
  default: ['ssh-exposed', 'no-healthcheck', 'severity-above-medium'],
  strict: [
    ...['known-exploited', 'high', 'medium-with-fix', 'root', 'ssh-exposed', 'no-healthcheck', 'secrets'],
    'base-unknown',
  ],
  'cis-docker': [
    ...['cis-4.1-user', 'cis-4.2-base', 'cis-4.4-mended', 'cis-4.6-healthcheck', 'cis-4.7-update-alone', 'cis-4.9-add'],
    ...['cis-4.10-secrets', 'cis-4.10-environment'],
  ],
  'nist-800-190': [
    ...['nist-4.1.1-high', 'nist-4.1.1-exploited', 'nist-4.1.2-user', 'nist-4.1.2-remote-access'],
    ...['nist-4.1.3-scanned', 'nist-4.1.4-secrets', 'nist-4.1.5-base'],
  ],
};

for (const { name, bundle } of bundles)
  test(`the bundle ${name} stops an image that does everything wrong by what is wrong, and lets a good one go`, () => {
    const stopped = evaluate(bundle, bad);
    assert.deepEqual([stopped.action, stopped.problems], ['stop', []]);
    assert.deepEqual(new Set(stopped.rows.map(({ ruleId }) => ruleId)), new Set(fired[name]));
    const let_go = evaluate(bundle, good);
    assert.deepEqual([let_go.action, let_go.problems, let_go.rows.map(({ ruleId }) => ruleId)], ['go', [], []]);
  });

const real = join(import.meta.dirname, '../../../shared/images/debian-12-slim.tar');
const skip = existsSync(real) ? false : 'the folder ../shared/images is not there';

test('every bundle that comes with Plimsoll judges a real image without a problem, by its name', { skip }, async () => {
  await using folder = await temporaryFolder();
  for (const { name } of bundles) {
    const argv = ['scan', `oci-archive:${real}`, '--policy', name, '--offline', '--data', folder.path, '-o', 'json'];
    const { code, out, err } = await plimsoll(argv);
    assert.equal(err, '');
    const { verdict } = JSON.parse(out) as ScanReport;
    assert.deepEqual(verdict.problems, [], name);
    assert.equal(code, verdict.status === 'pass' ? 0 : 1);
    // Without feeds nobody can tell, which each of them says in its way; as root it runs anyway.
    assert.ok(verdict.reasons.length > 0, name);
  }
});
