import { type ChannelSettings, channelSettings } from '#schema/channel-settings.ts';
import type { Channel } from '../channel.ts';
import { envelope } from '../envelope.ts';
import { postNotice } from '../post-notice.ts';
import { signBody } from '../sign-body.ts';

/** A program that takes the original's notifications; signed. */
export const webhook: Channel<ChannelSettings<'webhook'>> = {
  name: 'webhook',
  summary: 'JSON by POST as Anchore Engine sends it, signed; `<userId>` and `<notification_type>` in the address',
  settings: channelSettings.webhook,
  secrets: ['url', 'password', 'secret'],
  ofInstallation: false,
  target: ({ url }) => new URL(url).origin,
  host: ({ url }) => (url !== undefined && URL.canParse(url) ? new URL(url).origin : ''),
  async send(world, notice, { url, user, password, secret, verify, timeout_seconds: timeoutSeconds }) {
    const address = url
      .replaceAll('<userId>', encodeURIComponent(notice.account))
      .replaceAll('<notification_type>', notice.type);
    const body = JSON.stringify(envelope(notice));
    const basic = user !== undefined || password !== undefined;
    const headers = {
      'x-plimsoll-delivery': notice.id,
      ...(secret === undefined ? {} : { 'x-plimsoll-signature': signBody(secret, body, notice.now) }),
      ...(basic ? { authorization: `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}` } : {}),
    };
    return postNotice(world, { url: address, headers, body, verify, timeoutSeconds });
  },
};
