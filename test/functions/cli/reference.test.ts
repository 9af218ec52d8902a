import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reference } from '#functions/cli/reference.ts';
import { commands } from '../../../bin/commands.ts';

test('docs/cli.md says what the commands are', async () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8');
  const hint = 'docs/cli.md is old: node functions/cli/write-reference.ts > docs/cli.md';
  assert.ok(written === (await reference(commands)), hint);
});
