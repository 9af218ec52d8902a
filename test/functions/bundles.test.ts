import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtBundle } from '#test/support/bundles.ts';
import { startLambda } from '#test/support/lambda-process.ts';
import { loadedSize } from '../../infra/bundle.ts';
import { type FunctionName, functions } from '../../infra/functions.ts';

/**
 * KiB that the API has read when it answers its first request: what it starts with, and the heaviest of its files of routes. What a handler
 * loads itself comes later.
 */
const firstAnswerBudget = 430;

/**
 * KiB of a bundle that Lambda reads and compiles at every cold start, a tenth above what they are, so that whatever makes it grow is
 * seen. Clients of AWS come after, when they are wanted. A new limit needs a reason in its commit.
 */
const budgets: Readonly<Record<FunctionName, number>> = {
  // Routes come with the first request for them; no client of AWS is among it.
  api: 275,
  'catalog-image-pushed': 285,
  'catalog-image-removed': 285,
  'catalog-ecr-event': 175,
  'catalog-reconcile': 315,
  'catalog-archive-rules': 450,
  'catalog-watch-due': 285,
  'policy-engine-image-analyzed': 285,
  'policy-engine-image-matched': 285,
  'notifier-notice-raised': 285,
  'feeds-schedule': 410,
  dispatch: 320,
  migrator: 75,
};

test('every function is a bundle that loads by itself, and within its budget', async (t) => {
  for (const name of Object.keys(functions) as FunctionName[]) {
    const { file, size } = await builtBundle(name);
    assert.ok(size <= budgets[name] * 1024, `${name} has ${Math.ceil(size / 1024)} KiB, ${budgets[name]} are allowed`);
    // Loading asks nothing of AWS and of the environment: a variable that is missing is told by the first call.
    await using lambda = await startLambda(file);
    t.diagnostic(`${name}: ${Math.round(size / 1024)} KiB, loaded in ${Math.round(lambda.importMs)} ms`);
  }
});

test('the API answers its first request within its budget, whichever it is', async (t) => {
  const { metafile } = await builtBundle('api');
  const files = Object.values(metafile.outputs)
    .map(({ entryPoint }) => entryPoint ?? '')
    .filter((source) => source.startsWith('functions/api/routes/'));
  assert.ok(files.length > 10);
  for (const file of files) {
    const size = loadedSize(metafile, [functions.api.entry, file]);
    t.diagnostic(`${file}: ${Math.round(size / 1024)} KiB`);
    assert.ok(
      size <= firstAnswerBudget * 1024,
      `with ${file} ${Math.ceil(size / 1024)} KiB, ${firstAnswerBudget} are allowed`,
    );
  }
});
