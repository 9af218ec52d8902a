import { Fault } from '#core/fault.ts';
import { discard, retryAfter } from '#platform/send.ts';
import type { ChannelWorld, SendOutcome } from './channel.ts';
import { retryRule } from './retry-rule.ts';

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly verify: boolean;
  readonly timeoutSeconds: number;
}

/**
 * Posts JSON once. 2xx is delivered; 408, 429 and 5xx are a failure that may pass, with what Retry-After asks for; anything else is a refusal,
 * redirects too: a notice goes where it was meant to and nowhere else. Reasons name the host and nothing else of the URL.
 */
export async function postNotice(world: ChannelWorld, post: Post): Promise<SendOutcome> {
  const { url, headers, body, verify, timeoutSeconds } = post;
  try {
    const response = await world.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...{ body, timeout: timeoutSeconds * 1000, anyCertificate: !verify, publicOnly: !world.allowPrivate },
    });
    await discard(response);
    const { status } = response;
    if (response.ok) return { kind: 'delivered' };
    const why = `${new URL(url).host} answered ${status}`;
    if (status >= 500 || status === 408 || status === 429)
      return { kind: 'failed', why, retryAfterMs: retryAfter(response, world.clock, retryRule.giveUpAfter) };
    const hint = status >= 300 && status < 400 ? '; redirects are not followed: give the address that it leads to' : '';
    return { kind: 'refused', why: why + hint };
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    if (code === 'network/refused' || code === 'input/invalid') return { kind: 'refused', why: message };
    return { kind: 'failed', why: message, retryAfterMs: null };
  }
}
