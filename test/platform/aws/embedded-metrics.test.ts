import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddedMetrics } from '#platform/aws/embedded-metrics.ts';

test('a metric is one line in the embedded metric format, without dimensions, so that alarms see all functions as one', () => {
  const lines: string[] = [];
  const count = embeddedMetrics(
    (line) => lines.push(line),
    () => 1234,
  );
  count('imagesFailed', 1);
  count('stepSeconds', 2.5);
  count('feedAgeHours', 6);
  assert.ok(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n')));
  const [failed, step, age] = lines.map((line) => JSON.parse(line));
  const definition = (Name: string, Unit: string) => [
    { Namespace: 'Plimsoll', Dimensions: [[]], Metrics: [{ Name, Unit }] },
  ];
  assert.deepEqual(failed, {
    _aws: { Timestamp: 1234, CloudWatchMetrics: definition('ImagesFailed', 'Count') },
    ImagesFailed: 1,
  });
  assert.deepEqual(step._aws.CloudWatchMetrics, definition('StepSeconds', 'Seconds'));
  assert.deepEqual(age._aws.CloudWatchMetrics, definition('FeedAgeHours', 'None'));
});
