import { connect, type Socket } from 'node:net';
import { Fault } from '#core/fault.ts';
import type { MailOutcome, MailServer, SendMail } from '../mail.ts';
import { checkedLookup, checkHost } from './checked-lookup.ts';

/**
 * Mail by SMTP, one connection a message. nodemailer speaks; the connection is ours, so that the address that was checked is the one that is
 * called. It reads no file and no URL for a message, and is loaded with the first.
 */
export const smtpMail: SendMail = async (server, message) => {
  const { createTransport } = await import('nodemailer');
  const { host, port, security, verify, login, timeout } = server;
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    tls: { rejectUnauthorized: verify },
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout, dnsTimeout: timeout },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    getSocket(_options, callback) {
      open(server).then(
        (connection) => callback(null, { connection }),
        (thrown) => callback(thrown as Error),
      );
    },
  });
  const { id, from, to, subject, text, html } = message;
  const letter = { messageId: `<${id}@plimsoll>`, from, to: [...to], subject, text, html };
  const signal = AbortSignal.timeout(timeout);
  try {
    await transport.sendMail({ ...letter, headers: { 'Auto-Submitted': 'auto-generated' }, signal });
    return { kind: 'sent' };
  } catch (thrown) {
    return outcomeOf(thrown, server);
  } finally {
    transport.close();
  }
};

async function open({ host, port, publicOnly, timeout }: MailServer): Promise<Socket> {
  checkHost(host, publicOnly);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, lookup: checkedLookup(publicOnly) });
  const late = () => socket.destroy(new Error(`no connection within ${timeout} ms`));
  socket.setTimeout(timeout, late);
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    socket.off('timeout', late);
    socket.setTimeout(0);
    resolve(socket);
  });
  return promise;
}

/** RFC 5321, 4.2.1: 4xx may pass, 5xx will not. A wrong password is 535. */
function outcomeOf(thrown: unknown, { host, port }: MailServer): MailOutcome {
  const error = thrown as { readonly responseCode?: number; readonly message?: string };
  const said = (error.message ?? 'the connection failed').replace(/\s+/g, ' ').slice(0, 500);
  const why = thrown instanceof Fault ? thrown.message : `${host}:${port}: ${said}`;
  const final = (error.responseCode ?? 0) >= 500 || (thrown instanceof Fault && thrown.code === 'network/refused');
  return { kind: final ? 'refused' : 'failed', why };
}
