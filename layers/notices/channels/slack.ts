import { type ChannelSettings, channelSettings } from '#schema/channel-settings.ts';
import type { Channel } from '../channel.ts';
import { noticeWords } from '../notice-words.ts';
import { postNotice } from '../post-notice.ts';

/** Characters of a section's text, of its field, and fields of a section (Slack, Block Kit reference). */
const most = { text: 3000, field: 2000, fields: 10, header: 150 } as const;

/** An incoming webhook of Slack, or of what takes the same. */
export const slack: Channel<ChannelSettings<'slack'>> = {
  name: 'slack',
  summary: 'A message with blocks, by an incoming webhook',
  settings: channelSettings.slack,
  secrets: ['url'],
  ofInstallation: false,
  target: ({ url }) => new URL(url).origin,
  host: ({ url }) => (url !== undefined && URL.canParse(url) ? new URL(url).origin : ''),
  async send(world, notice, { url, verify, timeout_seconds: timeoutSeconds }) {
    const { title, facts, items } = noticeWords(notice);
    const fields = facts
      .slice(0, most.fields)
      .map(({ name, value }) => mrkdwn(`*${escaped(name)}*\n${escaped(value)}`, most.field));
    const listed = items.map((item) => `• ${escaped(item)}`).join('\n');
    const body = {
      text: escaped(title),
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title.slice(0, most.header).toWellFormed() } },
        { type: 'section', fields },
        ...(listed === '' ? [] : [{ type: 'section', text: mrkdwn(listed, most.text) }]),
      ],
    };
    return postNotice(world, { url, body: JSON.stringify(body), verify, timeoutSeconds });
  },
};

function mrkdwn(text: string, length: number) {
  // Cut between lines first: half an escape would show as it is.
  const cut = text.length <= length ? text : text.slice(0, text.lastIndexOf('\n', length - 2)).toWellFormed();
  return { type: 'mrkdwn', text: cut };
}

/** Slack, "Escaping text": these three begin everything that means something, mentions and links among it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
