import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { readShape } from '#schema/api/shape.ts';
import type { ChannelType } from '#schema/channel-settings.ts';
import type { AccountChannel } from './account-channel.ts';
import { channelOf } from './channels.ts';
import { getChannelSecret } from './channel-secret.ts';

/** What is shown in place of a secret; given back in a change it means that the secret stays. */
export const masked = '********';

/** All settings of a channel, secrets too, as its type has them. Throws `data/corrupt` when they are not there or not of its form any more. */
export async function wholeSettings(world: Pick<Platform, 'secrets'>, channel: AccountChannel): Promise<unknown> {
  const { settings, secrets } = channelOf(channel.type);
  const secret = secrets.length === 0 ? {} : await getChannelSecret(world, channel);
  const read = readShape(settings, { ...plainSettings(channel), ...secret });
  if (read.kind === 'read') return read.value;
  throw new Fault(
    'data/corrupt',
    `The settings of channel ${channel.name} are damaged (${read.problem}); give them again`,
  );
}

/** Settings as they were given, read by the shape of their type and split. Throws `input/invalid`. */
export function splitSettings(type: ChannelType, given: Readonly<Record<string, unknown>>): SplitSettings {
  const channel = channelOf(type);
  const read = readShape(channel.settings, given);
  if (read.kind === 'refused') throw new Fault('input/invalid', `settings of a ${type} channel: ${read.problem}`);
  const all = Object.entries(read.value as Readonly<Record<string, unknown>>).filter(
    ([, value]) => value !== undefined,
  );
  const isSecret = (name: string) => channel.secrets.includes(name);
  return {
    shown: Object.fromEntries(all.map(([name, value]) => [name, isSecret(name) ? masked : value])),
    target: channel.target(read.value),
    secret: Object.fromEntries(all.filter(([name]) => isSecret(name)).map(([name, value]) => [name, String(value)])),
  };
}

/** The settings that are not secret. */
export function plainSettings({ settings }: AccountChannel): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== masked));
}

/** The settings of a channel in two: what is shown, and what is kept secret. */
export interface SplitSettings {
  /** With a mask in place of each secret that is there. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly secret: Readonly<Record<string, string>>;
}
