import { type ChannelSettings, channelSettings } from '#schema/channel-settings.ts';
import type { Channel } from '../channel.ts';
import { noticeWords, type NoticeWords } from '../notice-words.ts';

/** Mail by a server of the account's own. */
export const email: Channel<ChannelSettings<'email'>> = {
  name: 'email',
  summary: 'Mail in plain text and HTML, by SMTP with TLS or STARTTLS',
  settings: channelSettings.email,
  secrets: ['password'],
  ofInstallation: false,
  target: ({ to }) => to.join(', '),
  host: ({ host, port }) => `${host}:${port}`,
  async send(world, notice, { host, port, security, verify, user, password, from, to, timeout_seconds: seconds }) {
    const words = noticeWords(notice);
    const login = user === undefined ? null : { user, password: password ?? '' };
    const bounds = { publicOnly: !world.allowPrivate, timeout: seconds * 1000 };
    const outcome = await world.mail(
      { host, port, security, verify, login, ...bounds },
      { id: notice.id, from, to, subject: `Plimsoll: ${words.title}`, text: plain(words), html: html(words) },
    );
    if (outcome.kind === 'sent') return { kind: 'delivered' };
    return outcome.kind === 'failed' ? { ...outcome, retryAfterMs: null } : outcome;
  },
};

function plain({ title, facts, items }: NoticeWords): string {
  const lines = [title, '', ...facts.map(({ name, value }) => `${name}: ${value}`)];
  if (items.length > 0) lines.push('', ...items.map((item) => `- ${item}`));
  return `${lines.join('\n')}\n`;
}

function html({ title, facts, items }: NoticeWords): string {
  const rows = facts.map(
    ({ name, value }) => `<tr><th align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const list = items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  return `<!doctype html><html><body><h3>${escaped(title)}</h3><table>${rows.join('')}</table>${list}</body></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
