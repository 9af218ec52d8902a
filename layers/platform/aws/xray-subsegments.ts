import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { aboutNow } from '#core/about.ts';
import { Fault } from '#core/fault.ts';

/** What Lambda says of the trace of an invocation; null where nothing is traced. */
export interface TraceSettings {
  /** `Root=...;Parent=...;Sampled=1`, another one at every invocation. */
  readonly header: string | null;
  /** `ADDRESS:PORT` of the X-Ray daemon. */
  readonly daemon: string | null;
}

/**
 * Does the work of one invocation so that its parts become subsegments of the segment that Lambda's active tracing makes. They go to
 * the daemon as documents of UDP, and have left when this resolves: Lambda freezes the process then. An invocation that is not
 * sampled, and a daemon that is not there, cost nothing and fail nothing.
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html)
 */
export async function traceInvocation<T>({ header, daemon }: TraceSettings, work: () => Promise<T>): Promise<T> {
  const place = placeOf(header);
  const address = addressOf(daemon ?? '');
  if (place === null || address === null) return work();
  const outbox = openOutbox(address.host, address.port);
  try {
    return await current.run({ ...place, send: outbox.send }, work);
  } finally {
    await outbox.close();
  }
}

/**
 * Does a part of an invocation as a subsegment of the part around it, with what the work is about (core/about.ts) as annotations, by
 * which traces are searched. `fields` are of the document. Outside of an invocation that is traced it does the work and nothing else.
 */
export async function subsegment<T>(
  name: string,
  work: () => Promise<T>,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  const place = current.getStore();
  if (place === undefined) return work();
  const id = randomBytes(8).toString('hex');
  const begun = Date.now();
  let failure: string | null = null;
  try {
    return await current.run({ ...place, parent: id }, work);
  } catch (thrown) {
    failure = thrown instanceof Fault ? thrown.code : thrown instanceof Error ? thrown.name : 'unknown';
    throw thrown;
  } finally {
    place.send({
      ...{ name: nameOf(name), id, trace_id: place.root, parent_id: place.parent, type: 'subsegment' },
      ...{ start_time: begun / 1000, end_time: Date.now() / 1000 },
      annotations: { ...annotations(), ...(failure === null ? {} : { failure }) },
      ...(failure === null ? {} : { fault: true }),
      ...fields,
    });
  }
}

/** A client of the AWS SDK, as far as it is looked into. */
export interface AwsClient {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: {
    add(middleware: unknown, options: { step: 'initialize'; name: string; override: boolean }): void;
  };
}

/** Makes every call of the client a subsegment: service and operation, from before its first try until after its last. */
export function traceCalls<C extends AwsClient>(client: C): C {
  const middleware =
    <Args, Output>(next: (args: Args) => Promise<Output>, { commandName = '' }: { commandName?: string }) =>
    (args: Args) =>
      subsegment(client.config.serviceId, () => next(args), {
        ...{ namespace: 'aws', aws: { operation: commandName.replace(/Command$/, '') } },
      });
  client.middlewareStack.add(middleware, { step: 'initialize', name: 'plimsollTrace', override: true });
  return client;
}

interface Place {
  readonly root: string;
  readonly parent: string;
  readonly send: (document: Readonly<Record<string, unknown>>) => void;
}

const current = new AsyncLocalStorage<Place>();

function placeOf(header: string | null): Pick<Place, 'root' | 'parent'> | null {
  const parts = new Map((header ?? '').split(';').map((part) => part.trim().split('=', 2) as [string, string]));
  const [root = '', parent = ''] = [parts.get('Root'), parts.get('Parent')];
  const isWhole = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(root) && /^[0-9a-f]{16}$/.test(parent);
  return isWhole && parts.get('Sampled') === '1' ? { root, parent } : null;
}

function addressOf(daemon: string): { readonly host: string; readonly port: number } | null {
  const colon = daemon.lastIndexOf(':');
  const [host, port] = [daemon.slice(0, colon), Number(daemon.slice(colon + 1))];
  return isIP(host) !== 0 && Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : null;
}

/** A socket of one invocation. What is sent after it was closed (work that nobody waits for) is dropped. */
function openOutbox(host: string, port: number) {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').unref();
  // A trace that cannot be sent is no failure of the work.
  socket.on('error', () => {});
  const sending = new Set<Promise<void>>();
  let open = true;
  return {
    send(document: Readonly<Record<string, unknown>>) {
      if (!open) return;
      const packet = `{"format":"json","version":1}\n${JSON.stringify(document)}`;
      const sent = new Promise<void>((done) => socket.send(packet, port, host, () => done()));
      sending.add(sent);
      void sent.then(() => sending.delete(sent));
    },
    async close() {
      await Promise.all(sending);
      open = false;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** At most 200 characters, of those that X-Ray takes. */
function nameOf(name: string): string {
  return name.replace(/[^\p{L}\p{N} _.:/%&#=+\\\-@]/gu, '_').slice(0, 200);
}

/** Strings of up to 250 characters under names of letters, digits and underscores. */
function annotations(): Record<string, string> {
  const about = Object.entries(aboutNow()).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(about.map(([key, value]) => [key.replace(/\W/g, '_'), value.slice(0, 250)]));
}
