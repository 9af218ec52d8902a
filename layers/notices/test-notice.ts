import { randomUUID } from 'node:crypto';
import type { Platform } from '#platform/platform.ts';
import { type LogEventType, logEventTypes, type SubscriptionType } from '#schema/event-log.ts';
import type { AccountChannel } from './account-channel.ts';
import { wholeSettings } from './whole-settings.ts';
import type { ChannelWorld, SendOutcome } from './channel.ts';
import { channelOf } from './channels.ts';
import type { Notice } from './notice.ts';

export type TestWorld = Pick<Platform, 'secrets' | 'clock'> & { readonly channels: ChannelWorld };

/** Sends a notice of a type that tells of nothing, at once and once; what became of it. Throws `data/corrupt` for a channel without its secrets. */
export async function sendTest(
  world: TestWorld,
  channel: AccountChannel,
  email: string | null,
  type: SubscriptionType,
): Promise<SendOutcome> {
  const settings = await wholeSettings(world, channel);
  return channelOf(channel.type).send(
    world.channels,
    testNotice(channel.account, email, type, world.clock.now()),
    settings,
  );
}

const tag = 'registry.example.com/plimsoll/test:latest';
const [digest, before] = ['0', '1'].map((sign) => `sha256:${sign.repeat(64)}`);

function testNotice(account: string, email: string | null, type: SubscriptionType, now: number): Notice {
  const [eventType, details] = made[type];
  const { level, resource, message } = logEventTypes[eventType];
  return {
    ...{ id: randomUUID().replaceAll('-', ''), account, email, type, tries: 0, createdAt: now, now },
    event: {
      ...{ eventNo: 0, id: randomUUID(), account, type: eventType, level, message: `Test: ${message}` },
      ...{ details: { ...details, test: true }, resourceType: resource, resourceId: tag },
      ...{ service: 'notifications', requestId: null, subscriptionKey: tag, at: now },
    },
  };
}

const made: Readonly<Record<SubscriptionType, readonly [LogEventType, Readonly<Record<string, unknown>>]>> = {
  policy_eval: [
    'user.checks.tag.policy_evaluation.update',
    { curr_eval: { image_digest: digest, status: 'pass' }, last_eval: { image_digest: digest, status: 'fail' } },
  ],
  tag_update: ['user.image.tag.updated', { curr_eval: [digest], last_eval: [before] }],
  vuln_update: [
    'user.checks.tag.vulnerabilities.update',
    { imageDigest: digest, diff_vulnerability_result: { added: [], updated: [], removed: [] } },
  ],
  analysis_update: [
    'user.image.analysis.completed',
    {
      curr_eval: { analysis_status: 'analyzed', imageDigest: digest, annotations: null },
      last_eval: { analysis_status: 'analyzing', imageDigest: digest, annotations: null },
    },
  ],
  repo_update: ['user.image.tag.updated', { curr_eval: [digest], last_eval: [] }],
};
