import { randomBytes } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import type { ChannelType, NoticeType } from '#schema/channel-settings.ts';
import type { AccountChannel } from './account-channel.ts';
import { channelOf } from './channels.ts';
import { deleteChannelSecret, getChannelSecret, putChannelSecret } from './channel-secret.ts';
import { deleteChannel, getChannel, insertChannel, listChannels, replaceChannel } from './channel-store.ts';
import { removeDeliveries } from './delivery-store.ts';
import { resumeChannel } from './due-store.ts';
import { masked, plainSettings, splitSettings } from './whole-settings.ts';

type World = Pick<Platform, 'sql' | 'secrets' | 'clock'>;

/** Channels of one account. */
const most = 50;

/** Deliveries that one statement removes. */
const chunk = 1000;

/** What is given of a channel; what is left out is as it was, or as it usually is. */
export interface GivenChannel {
  readonly name?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Null: everything. */
  readonly noticeTypes?: readonly NoticeType[] | null | undefined;
  readonly levels?: readonly ('info' | 'error')[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** A channel just added, and the key by which it signs where that was made for it: nobody is told it again. */
export interface AddedChannel {
  readonly channel: AccountChannel;
  readonly signingSecret: string | null;
}

/**
 * Adds a channel to an account. Throws `state/conflict` when it has one of that name or 50 already, `input/invalid` for settings that are not
 * as the type has them, `auth/forbidden` for a type that speaks as the installation, unless an administrator asks.
 */
export async function addChannel(
  world: World,
  account: string,
  admin: boolean,
  name: string,
  type: ChannelType,
  given: GivenChannel,
): Promise<AddedChannel> {
  if (channelOf(type).ofInstallation && !admin)
    throw new Fault(
      'auth/forbidden',
      `channel ${name}: channels of type ${type} speak as this installation, so only administrators have them; give it another type`,
    );
  const made = type === 'webhook' && given.settings?.['secret'] === undefined ? newSecret() : null;
  const split = splitSettings(type, { ...given.settings, ...(made === null ? {} : { secret: made }) });
  const now = world.clock.now();
  const channel: AccountChannel = {
    ...{ id: randomBytes(16).toString('hex'), account, name, type, settings: split.shown, target: split.target },
    ...{
      noticeTypes: given.noticeTypes ?? null,
      levels: given.levels ?? ['error'],
      enabled: given.enabled ?? true,
      failures: 0,
    },
    ...{ createdAt: now, updatedAt: now },
  };
  if (!(await insertChannel(world, channel, most)))
    throw new Fault('state/conflict', `channel ${name} is there already, or the account has ${most} channels`);
  try {
    await putChannelSecret(world, channel, split.secret);
  } catch (thrown) {
    await deleteChannel(world, account, channel.id);
    throw thrown;
  }
  return { channel, signingSecret: made };
}

/** Changes a channel, on which everything pending is then due; of its settings those that are given, null takes one away. Throws `state/not-found`, and as {@link addChannel}. */
export async function changeChannel(
  world: World,
  account: string,
  id: string,
  given: GivenChannel,
): Promise<AccountChannel> {
  const before = await requireChannel(world, account, id);
  const { name = before.name, levels = before.levels, enabled = before.enabled } = given;
  const noticeTypes = given.noticeTypes === undefined ? before.noticeTypes : given.noticeTypes;
  const split = await changedSettings(world, before, given.settings);
  const updatedAt = world.clock.now();
  const after = { ...before, name, levels, enabled, noticeTypes, ...split.public, updatedAt };
  if (!(await replaceChannel(world, after)))
    throw new Fault('state/conflict', `channel ${before.name} is gone, or another one is called ${name}`);
  if (split.secret !== null) await putChannelSecret(world, after, split.secret);
  await resumeChannel(world, id, 'all', updatedAt);
  return after;
}

/** Removes a channel with its deliveries and secrets, which is done when it is repeated where it broke off; false when there is none. */
export async function removeChannel(
  world: Pick<Platform, 'sql' | 'secrets'>,
  account: string,
  id: string,
): Promise<boolean> {
  if ((await getChannel(world, account, id)) === null) return false;
  await deleteChannelSecret(world, id);
  while ((await removeDeliveries(world, account, id, chunk)) === chunk);
  await deleteChannel(world, account, id);
  return true;
}

/** Removes all channels of an account with their secrets, before the account itself is removed; false when `late` ended it. */
export async function removeChannels(
  world: Pick<Platform, 'sql' | 'secrets'>,
  account: string,
  late: () => boolean,
): Promise<boolean> {
  while (!late() && (await removeDeliveries(world, account, null, chunk)) === chunk);
  for (const { id } of await listChannels(world, account, '', most)) {
    if (late()) return false;
    await removeChannel(world, account, id);
  }
  return true;
}

/** The account's channel of an id; throws `state/not-found`. */
export async function requireChannel(
  world: Pick<Platform, 'sql'>,
  account: string,
  id: string,
): Promise<AccountChannel> {
  const found = await getChannel(world, account, id);
  if (found === null)
    throw new Fault(
      'state/not-found',
      'there is no channel of this id; GET /notifications/channels names those there are',
    );
  return found;
}

async function changedSettings(world: World, before: AccountChannel, given: GivenChannel['settings']) {
  if (given === undefined) return { public: {}, secret: null };
  const changes = Object.entries(given).filter(([, value]) => value !== masked);
  const old = await wholeIfThere(world, before);
  const merged = Object.fromEntries(
    Object.entries({ ...old, ...Object.fromEntries(changes) }).filter(([, value]) => value !== null),
  );
  const { shown: settings, target, secret } = splitSettings(before.type, merged);
  // Else whoever may change a channel could have its password sent to a place of their own.
  const { host } = channelOf(before.type);
  const moved = host(merged) !== host(old);
  if (
    moved &&
    old['password'] !== undefined &&
    secret['password'] === old['password'] &&
    given['password'] !== secret['password']
  )
    throw new Fault(
      'input/invalid',
      `channel ${before.name} is to lead to another host: give its password again, or null`,
    );
  return { public: { settings, target }, secret };
}

/** A channel whose secrets were lost is mended by giving them again. */
async function wholeIfThere(world: World, channel: AccountChannel): Promise<Readonly<Record<string, unknown>>> {
  const plain = plainSettings(channel);
  if (channelOf(channel.type).secrets.length === 0) return plain;
  const secret = await getChannelSecret(world, channel).catch((thrown: unknown) => {
    if (Fault.from(thrown).code === 'data/corrupt') return {};
    throw thrown;
  });
  return { ...plain, ...secret };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
