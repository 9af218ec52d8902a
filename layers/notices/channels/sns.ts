import { Fault, faults } from '#core/fault.ts';
import { type ChannelSettings, channelSettings } from '#schema/channel-settings.ts';
import type { Channel } from '../channel.ts';
import { envelope } from '../envelope.ts';
import { noticeWords } from '../notice-words.ts';

/** A topic of Amazon SNS, as whoever runs Plimsoll. */
export const sns: Channel<ChannelSettings<'sns'>> = {
  name: 'sns',
  summary: 'The same JSON to a topic of Amazon SNS, with attributes to filter by; accounts of administrators only',
  settings: channelSettings.sns,
  secrets: [],
  ofInstallation: true,
  target: ({ topic }) => topic,
  host: () => '',
  async send(world, notice, { topic }) {
    const attributes = {
      kind: 'notice',
      ...{
        account: notice.account,
        notification_type: notice.type,
        event_type: notice.event.type,
        level: notice.event.level,
      },
    };
    try {
      const subject = `Plimsoll: ${noticeWords(notice).title}`;
      await world.openTopic(topic).publish({ subject, text: JSON.stringify(envelope(notice)), attributes });
      return { kind: 'delivered' };
    } catch (thrown) {
      const { code, message } = Fault.from(thrown);
      return faults[code].retry
        ? { kind: 'failed', why: message, retryAfterMs: null }
        : { kind: 'refused', why: message };
    }
  },
};
