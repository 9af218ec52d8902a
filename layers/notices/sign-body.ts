import { createHmac } from 'node:crypto';

/**
 * The value of `X-Plimsoll-Signature`: `t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 by the channel's secret of `SECONDS.BODY`. Who checks it
 * refuses what is older than some minutes, and compares in constant time. The form does not change; another one would be another `v`.
 */
export function signBody(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
