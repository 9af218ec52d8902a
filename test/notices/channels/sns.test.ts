import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, type FaultCode } from '#core/fault.ts';
import { sns } from '#notices/channels/sns.ts';
import type { TopicMessage } from '#platform/topic.ts';
import { channelWorld, harmfulNotice } from './channel-bench.ts';

const topic = 'arn:aws:sns:eu-west-1:123456789012:ops';

test('a topic gets the JSON of webhooks, a subject for people and attributes to filter by', async () => {
  const published: (TopicMessage & { readonly arn: string })[] = [];
  const openTopic = (arn: string) => ({
    publish: async (message: TopicMessage) => void published.push({ arn, ...message }),
  });
  assert.deepEqual(await sns.send(channelWorld({ openTopic }), harmfulNotice(), { topic }), { kind: 'delivered' });
  const [message] = published;
  assert.equal(message!.arn, topic);
  assert.equal(message!.subject, 'Plimsoll: Vulnerabilities changed: quay.test/crew/app:v1');
  assert.equal(JSON.parse(message!.text).data.notification_payload.imageDigest, 'sha256:1');
  assert.deepEqual(message!.attributes, {
    ...{ kind: 'notice', account: 'crew', notification_type: 'vuln_update', level: 'info' },
    event_type: 'user.checks.tag.vulnerabilities.update',
  });
});

test('a topic that is away may be there later; one that does not let us in is a refusal', async () => {
  const outcome = (code: FaultCode) => {
    const openTopic = () => ({ publish: async () => Promise.reject(new Fault(code, 'no')) });
    return sns.send(channelWorld({ openTopic }), harmfulNotice(), { topic });
  };
  assert.equal((await outcome('network/unreachable')).kind, 'failed');
  assert.equal((await outcome('auth/forbidden')).kind, 'refused');
});
