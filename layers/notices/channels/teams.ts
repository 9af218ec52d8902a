import { type ChannelSettings, channelSettings } from '#schema/channel-settings.ts';
import type { Channel } from '../channel.ts';
import { noticeWords } from '../notice-words.ts';
import { postNotice } from '../post-notice.ts';

const colours = { good: 'good', bad: 'attention', neutral: 'default' } as const;

/** A workflow of Microsoft Teams that "posts to a channel when a webhook request is received": it takes adaptive cards. */
export const teams: Channel<ChannelSettings<'teams'>> = {
  name: 'teams',
  summary: 'An adaptive card, by a workflow webhook of Microsoft Teams',
  settings: channelSettings.teams,
  secrets: ['url'],
  ofInstallation: false,
  target: ({ url }) => new URL(url).origin,
  host: ({ url }) => (url !== undefined && URL.canParse(url) ? new URL(url).origin : ''),
  async send(world, notice, { url, verify, timeout_seconds: timeoutSeconds }) {
    const { title, facts, items, tone } = noticeWords(notice);
    const text = (one: string, more = {}) => ({ type: 'TextBlock', text: escaped(one), wrap: true, ...more });
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      ...{ type: 'AdaptiveCard', version: '1.4' },
      body: [
        text(title, { weight: 'Bolder', size: 'Medium', color: colours[tone] }),
        { type: 'FactSet', facts: facts.map(({ name, value }) => ({ title: escaped(name), value: escaped(value) })) },
        ...items.map((item) => text(item, { spacing: 'None' })),
      ],
    };
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
    const body = JSON.stringify({ type: 'message', attachments: [attachment] });
    return postNotice(world, { url, body, verify, timeoutSeconds });
  },
};

/** Cards read some Markdown and `{{DATE(...)}}`: what means something there is written so that it does not. */
function escaped(text: string): string {
  return text.replace(/[\\*_[\]()`~<>#]/g, (sign) => `\\${sign}`).replaceAll('{{', '{ {');
}
