import { Fault } from '#core/fault.ts';
import { clamavAnswer, type MalwareAnswer, type MalwareScanner } from '../malware.ts';
import { type ClamdPlace, ClamdSession } from './clamd-session.ts';

/**
 * The clamd at a Unix socket (`/run/clamav/clamd.ctl`) or a port of this machine (`127.0.0.1:3310`), which gets files as
 * streams (clamd(8), INSTREAM) and gives the first signature of each. Files over its `StreamMaxLength` are answered as
 * unread. Throws `network/refused` for another machine: streams are not encrypted.
 */
export function clamd(address: string): MalwareScanner {
  const place = placeOf(address);
  return {
    name: 'clamav',
    async databases() {
      using session = await ClamdSession.open(place, address);
      // ClamAV 1.4.6/27811/Sat Nov 21 09:26:33 2026; without databases of its makers only the first part.
      const daily = /^[^/]*\/(\d{1,10})\//.exec(await session.ask('VERSION'))?.[1];
      return daily === undefined ? {} : { daily };
    },
    async *scan(files, { signal }): AsyncGenerator<MalwareAnswer> {
      let session: ClamdSession | null = null;
      try {
        for await (const { id, body } of files) {
          signal?.throwIfAborted();
          session ??= await ClamdSession.open(place, address, signal);
          const line = await session.stream(body);
          const answer = clamavAnswer(id, line.replace(/^stream: /, '').replace(/\.? ERROR$/, ''));
          if (answer !== null) yield answer;
          // Whatever it answers but a result, clamd hangs up.
          if (answer?.kind === 'unread' && !/^stream: /.test(line)) {
            session[Symbol.dispose]();
            session = null;
          }
        }
      } finally {
        session?.[Symbol.dispose]();
      }
    },
  };
}

const ownHosts = new Set(['127.0.0.1', '::1', 'localhost']);

function placeOf(address: string): ClamdPlace {
  if (address.startsWith('/')) return { path: address };
  const form = /^\[?([A-Za-z0-9.:-]+?)\]?:(\d{1,5})$/.exec(address);
  const port = Number(form?.[2]);
  if (form === null || port < 1 || port > 65535) {
    throw new Fault(
      'input/invalid',
      `the clamd address '${address.slice(0, 200)}' is neither the path of a socket nor HOST:PORT`,
    );
  }
  if (!ownHosts.has(form[1]!)) {
    throw new Fault(
      'network/refused',
      `the clamd at ${address} is on another machine, which would get the files of images unencrypted; run one here`,
    );
  }
  return { host: form[1]!, port };
}
