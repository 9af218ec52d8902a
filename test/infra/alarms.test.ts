import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { metrics } from '#schema/deployment.ts';
import { root } from '../house/sources.ts';
import { elsewhere } from './elsewhere.ts';
import { resources, synthesised } from './synthesised.ts';

const alarms = resources(synthesised(), 'AWS::CloudWatch::Alarm');

/** Anchors of headings as GitHub makes them. */
const anchors = [...readFileSync(join(root, 'docs/operator-guide.md'), 'utf8').matchAll(/^#+ (.*)$/gm)].map(
  ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
);

test('every alarm says what is wrong and where the operator guide says what to do', () => {
  for (const [id, { Properties }] of alarms) {
    const [, anchor = ''] = /docs\/operator-guide\.md#([\w-]+)$/.exec(Properties['AlarmDescription']) ?? [];
    assert.ok(anchors.includes(anchor), `${id}: the guide has no section ${anchor}`);
    assert.ok(Properties['AlarmActions'].length > 0, id);
  }
});

test('every section of the guide about an alarm is of an alarm that there is', () => {
  const texts = alarms.map(([, { Properties }]) => Properties['AlarmDescription'] as string);
  for (const anchor of anchors.filter((one) => one.startsWith('alarm-')))
    assert.ok(
      texts.some((text) => text.endsWith(`#${anchor}`)),
      anchor,
    );
});

test('every dead letter queue is watched, and every queue but the one of wakes, whose delay shows in the others', () => {
  const watched = (metric: string) =>
    alarms.filter(([, { Properties }]) => Properties['MetricName'] === metric).map(([, one]) => one.Properties);
  const dead = watched('ApproximateNumberOfMessagesVisible');
  const oldest = watched('ApproximateAgeOfOldestMessage');
  const queues = resources(synthesised(), 'AWS::SQS::Queue');
  assert.equal(dead.length + oldest.length, queues.length - 1);
  for (const alarm of dead) assert.equal(alarm['Threshold'], 0);
});

test('feeds that say nothing are as bad as old ones; silence of all else is peace', () => {
  for (const [id, { Properties }] of alarms)
    assert.equal(
      Properties['TreatMissingData'],
      Properties['MetricName'] === metrics.feedAgeHours ? 'breaching' : 'notBreaching',
      id,
    );
});

test('alarms may publish to the topic of the stack, or go to the one of the settings', () => {
  const policies = resources(synthesised(), 'AWS::SNS::TopicPolicy').filter(([id]) => id.startsWith('Alarms'));
  assert.match(JSON.stringify(policies), /"Service":"cloudwatch\.amazonaws\.com"/);
  for (const [, { Properties }] of resources(synthesised(elsewhere), 'AWS::CloudWatch::Alarm'))
    assert.deepEqual(Properties['AlarmActions'], [elsewhere.alarmTopic]);
});

test('a database that may never pause is not told to be awake', () => {
  const names = (settings: object) =>
    resources(synthesised(settings as Record<string, unknown>), 'AWS::CloudWatch::Alarm').map(
      ([, one]) => one.Properties['MetricName'],
    );
  assert.ok(names({}).includes('ServerlessDatabaseCapacity'));
  assert.ok(!names(elsewhere).includes('ServerlessDatabaseCapacity'));
});

test('there is one dashboard, within what CloudWatch gives without a price', () => {
  assert.equal(resources(synthesised(), 'AWS::CloudWatch::Dashboard').length, 1);
});
