import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBundle } from '#policy/bundle.ts';
import { defaultBundle } from '#policy/default-bundle.ts';
import { evaluate } from '#policy/evaluate.ts';
import type { Facts } from '#policy/gate.ts';
import { facts, image, osFinding } from './sample-facts.ts';

const healthy: Facts = {
  ...facts,
  image: { ...image, config: { config: { Healthcheck: { Test: ['CMD', '/check'] } } } },
};

function judged(change: Partial<Facts>) {
  const { action, rows } = evaluate(defaultBundle, { ...healthy, ...change });
  return [action, ...rows.map(({ ruleId }) => ruleId)];
}

test('the default bundle is a good bundle', () => {
  assert.deepEqual(parseBundle(structuredClone(defaultBundle)), { kind: 'bundle', bundle: defaultBundle });
});

test('the default bundle lets an image go that has nothing against it', () => {
  assert.deepEqual(judged({}), ['go']);
});

test('the default bundle stops on vulnerabilities above medium and warns on medium', () => {
  const rated = (severity: 'Critical' | 'High' | 'Medium' | 'Low' | 'Negligible') =>
    judged({ findings: [{ ...osFinding, severity }] });
  assert.deepEqual(rated('Critical'), ['stop', 'severity-above-medium']);
  assert.deepEqual(rated('High'), ['stop', 'severity-above-medium']);
  assert.deepEqual(rated('Medium'), ['warn', 'severity-medium']);
  assert.deepEqual(rated('Low'), ['go']);
  assert.deepEqual(rated('Negligible'), ['go']);
});

test('the default bundle stops on an unrated vulnerability that has a fix, and only then', () => {
  const unrated = { ...osFinding, severity: 'Unknown' as const };
  assert.deepEqual(judged({ findings: [unrated] }), ['stop', 'unrated-with-fix']);
  assert.deepEqual(judged({ findings: [{ ...unrated, fixedIn: [] }] }), ['go']);
});

test('the default bundle stops on an exposed SSH port and warns without a health check', () => {
  const config = { ExposedPorts: { '22/tcp': {} } };
  assert.deepEqual(judged({ image: { ...image, config: { config } } }), ['stop', 'ssh-exposed', 'no-healthcheck']);
});

test('the default bundle warns of missing and old vulnerability data', () => {
  assert.deepEqual(judged({ distroFeeds: [] }), ['warn', 'feed-stale', 'feed-unavailable']);
});
