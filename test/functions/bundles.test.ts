import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtBundle } from '#test/support/bundles.ts';
import { startLambda } from '#test/support/lambda-process.ts';
import { type FunctionName, functions } from '../../infra/functions.ts';

/**
 * KiB that a bundle may have, a tenth above what it has: Lambda reads and compiles all of it at every cold start, so whatever makes one
 * grow is to be seen. A new limit needs a reason in its commit.
 */
const budgets: Readonly<Record<FunctionName, number>> = {
  api: 1240,
  'catalog-image-pushed': 1300,
  'catalog-image-removed': 1300,
  'catalog-ecr-event': 980,
  'catalog-reconcile': 1305,
  'policy-engine-image-analyzed': 1300,
  'policy-engine-image-matched': 1300,
  'feeds-schedule': 1135,
  dispatch: 430,
  migrator: 990,
};

test('every function is one bundle within its budget that loads by itself', async (t) => {
  for (const name of Object.keys(functions) as FunctionName[]) {
    const { file, size } = await builtBundle(name);
    assert.ok(size <= budgets[name] * 1024, `${name} has ${Math.ceil(size / 1024)} KiB, ${budgets[name]} are allowed`);
    // Loading asks nothing of AWS and of the environment: a variable that is missing is told by the first call.
    await using lambda = await startLambda(file);
    t.diagnostic(`${name}: ${Math.round(size / 1024)} KiB, loaded in ${Math.round(lambda.importMs)} ms`);
  }
});
