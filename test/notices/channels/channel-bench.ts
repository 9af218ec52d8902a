import assert from 'node:assert/strict';
import type { ChannelWorld } from '#notices/channel.ts';
import type { Notice } from '#notices/notice.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import { smtpMail } from '#platform/local/smtp-mail.ts';
import { httpServer } from '#test/support/http-server.ts';
import { testClock } from '#test/support/test-clock.ts';

/** What is outside, reached for real; topics have to be given. */
export function channelWorld(more: Partial<ChannelWorld> = {}): ChannelWorld {
  const world = { fetch: systemFetch(), clock: testClock(), mail: smtpMail, allowPrivate: true };
  return { ...world, openTopic: () => assert.fail('no topic is asked for'), ...more };
}

/** A notice of new vulnerabilities in an image whose names mean harm to whoever writes them down. */
export function harmfulNotice(more: Partial<Notice> = {}): Notice {
  const key = 'quay.test/crew/app:v1';
  const harm = 'libx\r\nBcc: all@example.com <!channel> *bold* [a](http://evil.test) {{DATE(0)}} "&';
  const found = { CVE_ID: 'CVE-2031-0001', Severity: 'High', Vulnerable_Package: harm, Fix_Available: '1.2' };
  return {
    ...{ id: 'd1', account: 'crew', email: 'crew@example.com', type: 'vuln_update', tries: 0 },
    ...{ createdAt: Date.UTC(2031, 0, 1), now: Date.UTC(2031, 0, 1, 0, 0, 5) },
    event: {
      ...{ eventNo: 1, id: '00000000-0000-8000-8000-000000000001', account: 'crew', level: 'info' },
      ...{ type: 'user.checks.tag.vulnerabilities.update', message: 'The vulnerabilities of a tag changed' },
      details: {
        ...{ imageDigest: 'sha256:1', counts: { added: 400, updated: 0, removed: 2 }, details_complete: false },
        diff_vulnerability_result: { added: Array.from({ length: 30 }, () => found), updated: [], removed: [{}, {}] },
      },
      ...{ resourceType: 'image_tag', resourceId: key, service: 'policy_engine', requestId: null },
      ...{ subscriptionKey: key, at: Date.UTC(2031, 0, 1) },
    },
    ...more,
  };
}

export interface Posted {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server that takes posts and answers with a status, and headers if any. */
export async function postReceiver(answer: () => readonly [number, Record<string, string>?] = () => [200]) {
  const got: Posted[] = [];
  const server = await httpServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(...answer()).end('ok');
    });
  });
  return { ...server, got };
}
