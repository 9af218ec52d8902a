import type { ChannelSettings, ChannelType } from '#schema/channel-settings.ts';
import type { Channel } from './channel.ts';
import { email } from './channels/email.ts';
import { slack } from './channels/slack.ts';
import { sns } from './channels/sns.ts';
import { teams } from './channels/teams.ts';
import { webhook } from './channels/webhook.ts';

/** Every channel, by its type. */
export const channels = { webhook, slack, teams, email, sns } as const satisfies {
  readonly [T in ChannelType]: Channel<ChannelSettings<T>>;
};

/** The channel of a type, whose settings only it reads. */
export function channelOf(type: ChannelType): Channel {
  return channels[type] as Channel;
}
