import { findAccount, requireAccount } from '#access/account-store.ts';
import { Fault } from '#core/fault.ts';
import type { AccountChannel } from '#notices/account-channel.ts';
import { addChannel, changeChannel, removeChannel, requireChannel } from '#notices/account-channels.ts';
import { listChannels } from '#notices/channel-store.ts';
import type { Delivery } from '#notices/delivery.ts';
import { listDeliveries, sendAgain } from '#notices/delivery-store.ts';
import { sendTest } from '#notices/test-notice.ts';
import { sendEvents } from '#platform/bus.ts';
import type {
  ChannelRequest,
  ChannelUpdate,
  DeliveriesQuery,
  TestQuery,
  WebhookTestQuery,
} from '#schema/api/notifications.ts';
import { isoSeconds } from './image-record.ts';
import type { ApiWorld, Call } from './route.ts';

/** An account has at most 50. */
const allOfThem = 200;

export async function showChannels({ world, principal }: Call) {
  return (await listChannels(world, principal.account, '', allOfThem)).map(channelRecord);
}

export async function showChannel({ world, principal, params }: Call) {
  return channelRecord(await requireChannel(world, principal.account, idOf(params)));
}

export async function createChannel({ world, principal: { account, admin }, body }: Call<unknown, ChannelRequest>) {
  const { name, type, settings, notification_types: noticeTypes, levels, enabled } = body;
  await requireAccount(world, account);
  const added = await addChannel(world, account, admin, name, type, { settings, noticeTypes, levels, enabled });
  return { ...channelRecord(added.channel), signing_secret: added.signingSecret };
}

export async function updateChannel({ world, principal, params, body }: Call<unknown, ChannelUpdate>) {
  const { name, settings, notification_types: noticeTypes, levels, enabled } = body;
  const given = { name, settings, noticeTypes, levels, enabled };
  const changed = await changeChannel(world, principal.account, idOf(params), given);
  // What waited for it may be sent now.
  await sendEvents(world.queues, [{ kind: 'notice.raised', account: principal.account }]);
  return channelRecord(changed);
}

export async function deleteChannel({ world, principal, params }: Call) {
  await removeChannel(world, principal.account, idOf(params));
  return true;
}

export async function testChannel({ world, principal, params, query }: Call<TestQuery>) {
  const channel = await requireChannel(world, principal.account, idOf(params));
  const outcome = await sendTest(world, channel, await emailOf(world, channel), query.notification_type);
  return outcome.kind === 'delivered' ? { delivered: true, reason: null } : { delivered: false, reason: outcome.why };
}

export async function showDeliveries({ world, principal, query }: Call<DeliveriesQuery>) {
  const { state = null, channel: channelId = null, before = null, limit } = query;
  const found = await listDeliveries(world, principal.account, { state, channelId, before, limit });
  return { results: found.map(deliveryRecord), next: found.length < limit ? null : found.at(-1)!.no };
}

export async function resendDelivery({ world, principal: { account }, params }: Call) {
  if (!(await sendAgain(world, account, params['deliveryId'] ?? '', world.clock.now())))
    throw new Fault(
      'state/not-found',
      'there is no delivery of this id; GET /notifications/deliveries names those there are',
    );
  await sendEvents(world.queues, [{ kind: 'notice.raised', account }]);
  return true;
}

/**
 * The webhooks of the administrators' account, as the original's configuration named them: `general` are those that are sent everything, a
 * type those that are sent it because they name it.
 */
export async function testWebhooks({ world, params, query }: Call<WebhookTestQuery>) {
  const wanted = params['webhook_type'] ?? '';
  const all = await listChannels(world, 'admin', '', allOfThem);
  const hooks = all.filter(
    ({ type, enabled, noticeTypes }) =>
      type === 'webhook' &&
      enabled &&
      (wanted === 'general' ? noticeTypes === null : noticeTypes?.some((one) => one === wanted) === true),
  );
  if (hooks.length === 0)
    throw new Fault(
      'input/invalid',
      `Webhooks Configuration for type=${wanted.slice(0, 100)} not found: add a channel of type webhook`,
    );
  for (const hook of hooks) {
    const outcome = await sendTest(world, hook, await emailOf(world, hook), query.notification_type);
    if (outcome.kind !== 'delivered')
      throw new Fault('network/unreachable', `webhook ${hook.name} did not take the test: ${outcome.why}`);
  }
  return true;
}

function idOf(params: Call['params']): string {
  return params['channelId'] ?? '';
}

async function emailOf(world: ApiWorld, { account }: AccountChannel): Promise<string | null> {
  return (await findAccount(world, account))?.email ?? null;
}

function channelRecord(channel: AccountChannel) {
  const { id, name, type, target, settings, noticeTypes, levels, enabled, createdAt, updatedAt } = channel;
  return {
    ...{ id, name, type, target, settings, notification_types: noticeTypes, levels, enabled },
    ...{ created_at: isoSeconds(createdAt), last_updated: isoSeconds(updatedAt) },
  };
}

function deliveryRecord(delivery: Delivery) {
  const { id, channelId, noticeType, eventId, eventType, subscriptionKey, state, tries, nextAt, lastError } = delivery;
  return {
    ...{ id, channel: channelId, notification_type: noticeType, event_id: eventId, event_type: eventType },
    ...{ subscription_key: subscriptionKey, state, tries },
    next_try_at: state === 'pending' ? isoSeconds(nextAt) : null,
    last_error: lastError,
    ...{ created_at: isoSeconds(delivery.createdAt), last_updated: isoSeconds(delivery.updatedAt) },
  };
}
