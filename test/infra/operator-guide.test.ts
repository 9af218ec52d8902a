import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { readSettings } from '../../infra/settings.ts';
import { root } from '../house/sources.ts';
import { resources, synthesised } from './synthesised.ts';

const guide = readFileSync(join(root, 'docs/operator-guide.md'), 'utf8');
const count = (type: string) => resources(synthesised(), type).length;

test('the guide names every setting and no other', () => {
  let known: readonly string[] = [];
  try {
    readSettings(new App({ context: { 'plimsoll:?': 1 } }).node);
  } catch (thrown) {
    known = /there are (.*)/.exec((thrown as Error).message)?.[1]?.split(', ') ?? [];
  }
  const [table = ''] = /## Settings[\s\S]*?\n## /.exec(guide) ?? [];
  const told = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  assert.ok(known.length > 20);
  assert.deepEqual([...told].sort(), [...known].sort());
});

test('what the guide counts for its costs is what the template has', () => {
  const ownerSecret = 1;
  for (const [text, number] of [
    ['| CloudWatch alarms at $0.10 | ', count('AWS::CloudWatch::Alarm')],
    ['| secrets at $0.40 | ', count('AWS::SecretsManager::Secret') + ownerSecret],
    ['the first million free | ', count('AWS::Lambda::EventSourceMapping')],
  ] as const)
    assert.ok(guide.includes(`${text}${number} |`), `${text}${number}`);
  assert.ok(guide.includes(`${count('AWS::Lambda::Function')} functions`));
  assert.ok(guide.includes(`${count('AWS::Scheduler::Schedule')} schedules`));
});
