import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelay, retryRule } from '#notices/retry-rule.ts';

test('pauses double from half a minute to an hour, a quarter more or less, and what the other side asks for counts when it is longer', () => {
  for (let tries = 1; tries < 60; tries++) {
    const middle = Math.min(30_000 * 2 ** (tries - 1), 3_600_000);
    const delays = Array.from({ length: 50 }, (_, n) => retryDelay(`id ${n}`, tries, null));
    assert.ok(Math.min(...delays) >= middle * 0.75 && Math.max(...delays) <= middle * 1.25, String(tries));
    assert.ok(new Set(delays).size > 40, 'they do not come back together');
  }
  assert.equal(retryDelay('a', 1, 1_000), retryDelay('a', 1, null));
  assert.equal(retryDelay('a', 1, 600_000), 600_000);
  assert.equal(retryDelay('a', 1, 1e15), retryRule.giveUpAfter);
});
