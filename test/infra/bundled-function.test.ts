import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { bundledCode } from '../../infra/bundled-function.ts';
import { resources } from './synthesised.ts';

test('every function has its own code, and the same code is the same asset', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'plimsoll-synth-'));
  try {
    const stack = new Stack(new App({ outdir }), 'Test');
    const entries = ['layers/core/fault.ts', 'layers/core/digest.ts', 'layers/core/fault.ts'];
    entries.forEach((entry, i) => {
      const code = bundledCode({ entry });
      new Lambda(stack, `F${i}`, { runtime: Runtime.NODEJS_24_X, handler: 'main.handler', code });
    });
    const keys = resources(Template.fromStack(stack), 'AWS::Lambda::Function').map(
      ([, { Properties }]) => Properties['Code'].S3Key as string,
    );
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 2);
    assert.equal(keys[0], keys[2]);
  } finally {
    await rm(outdir, { recursive: true });
  }
});
