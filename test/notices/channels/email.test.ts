import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { email } from '#notices/channels/email.ts';
import type { ChannelSettings } from '#schema/channel-settings.ts';
import { channelWorld, harmfulNotice } from './channel-bench.ts';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: unknown;
  readonly secure: boolean;
  readonly text: string;
}

/** A mail server on loopback with a certificate of its own making, and what it was given. */
async function mailServer(options: SMTPServerOptions = {}) {
  const got: Mail[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true, closeTimeout: 100, logger: false },
    onAuth({ username, password }, _session, callback) {
      if (password === 'right') callback(null, { user: username });
      else callback(Object.assign(new Error('no'), { responseCode: 535 }));
    },
    onData(stream, session, callback) {
      let text = '';
      stream.on('data', (piece) => (text += piece));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        got.push({ from, to: rcptTo.map(({ address }) => address), user: session.user, secure: session.secure, text });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    got,
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function settings(more: Partial<ChannelSettings<'email'>>): ChannelSettings<'email'> {
  return {
    ...{ host: '127.0.0.1', port: 587, security: 'starttls', verify: false, timeout_seconds: 10 },
    ...{ from: 'plimsoll@example.com', to: ['ops@example.com', 'dev@example.com'] },
    ...more,
  };
}

test('mail goes over STARTTLS, signed in, in plain text and HTML, and nothing of an image becomes a header or a tag', async () => {
  await using server = await mailServer();
  const login = { user: 'u', password: 'right' };
  const outcome = await email.send(channelWorld(), harmfulNotice(), settings({ ...login, port: server.port }));
  assert.deepEqual(outcome, { kind: 'delivered' });
  const [mail] = server.got;
  assert.deepEqual(
    [mail!.from, mail!.to, mail!.user, mail!.secure],
    ['plimsoll@example.com', ['ops@example.com', 'dev@example.com'], 'u', true],
  );
  const [head = '', ...parts] = mail!.text.split('\r\n\r\n');
  assert.match(head, /^Subject: Plimsoll: Vulnerabilities changed: quay\.test\/crew\/app:v1\r?$/m);
  assert.match(head, /^Message-ID: <d1@plimsoll>/m);
  assert.match(head, /^Auto-Submitted: auto-generated/m);
  assert.ok(!/^Bcc:/im.test(head));
  const body = parts.join('\r\n\r\n').replace(/=\r\n/g, '');
  assert.match(body, /text\/plain/);
  assert.match(body, /text\/html/);
  assert.match(body, /400 new, 0 changed, 2 gone/);
  assert.match(body, /&lt;!channel&gt;/);
});

test('line breaks in what is told stay out of the headers of mail', async () => {
  await using server = await mailServer();
  const { event } = harmfulNotice();
  const notice = harmfulNotice({
    type: 'event_log',
    event: { ...event, subscriptionKey: null, message: 'a\r\nBcc: all@example.com\r\n\r\nb', details: {} },
  });
  await email.send(channelWorld(), notice, settings({ port: server.port }));
  assert.deepEqual(server.got[0]!.to, ['ops@example.com', 'dev@example.com']);
  assert.ok(!/^Bcc:/im.test(server.got[0]!.text));
});

test('a server whose certificate is not known, or that has no TLS, gets no mail where TLS is wanted', async () => {
  await using server = await mailServer();
  await using plain = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
  for (const more of [{ port: server.port, verify: true }, { port: plain.port }]) {
    const outcome = await email.send(channelWorld(), harmfulNotice(), settings(more));
    assert.notEqual(outcome.kind, 'delivered');
  }
  const none = settings({ security: 'none', port: plain.port });
  assert.deepEqual(await email.send(channelWorld(), harmfulNotice(), none), { kind: 'delivered' });
  assert.deepEqual([server.got.length, plain.got.map(({ secure }) => secure)], [0, [false]]);
});

test('mail goes over TLS from the first byte where that is said', async () => {
  await using server = await mailServer({ secure: true });
  const outcome = await email.send(channelWorld(), harmfulNotice(), settings({ security: 'tls', port: server.port }));
  assert.deepEqual([outcome, server.got.map(({ secure }) => secure)], [{ kind: 'delivered' }, [true]]);
});

test('a wrong password is refused, and a server that is busy or away may be better later; neither tells the password', async () => {
  await using server = await mailServer();
  const wrong = settings({ port: server.port, user: 'u', password: 'wr0ng-one' });
  const refused = await email.send(channelWorld(), harmfulNotice(), wrong);
  assert.equal(refused.kind, 'refused');
  assert.ok(!JSON.stringify(refused).includes('wr0ng'));
  await using busy = await mailServer({
    onRcptTo: (_address, _session, callback) => callback(Object.assign(new Error('later'), { responseCode: 451 })),
  });
  const failed = await email.send(channelWorld(), harmfulNotice(), settings({ port: busy.port }));
  assert.equal(failed.kind, 'failed');
  const away = await email.send(channelWorld(), harmfulNotice(), settings({ port: 1 }));
  assert.equal(away.kind, 'failed');
});

test('a mail server on this machine is not spoken to unless that is allowed', async () => {
  await using server = await mailServer();
  const world = channelWorld({ allowPrivate: false });
  for (const host of ['127.0.0.1', 'localhost']) {
    const outcome = await email.send(world, harmfulNotice(), settings({ host, port: server.port }));
    assert.equal(outcome.kind, 'refused');
    assert.match(outcome.kind === 'refused' ? outcome.why : '', /public internet/);
  }
  assert.deepEqual(server.got, []);
});
