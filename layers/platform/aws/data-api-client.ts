import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { RDSDataClient, type RDSDataClientConfig } from '@aws-sdk/client-rds-data';
import type { Clock } from '../clock.ts';

export interface DataApiClientOptions {
  readonly region: string;
  readonly clock: Clock;
  /** Of the settings, for tests; left out for AWS itself. */
  readonly endpoint?: string;
  /** Left out: the role of the process. */
  readonly credentials?: NonNullable<RDSDataClientConfig['credentials']>;
  /** Milliseconds until a call without an answer is given up; above the 45 s of a statement. */
  readonly answerTimeout?: number;
}

/**
 * A client of the RDS Data API that sends every call once: the SDK's own retries would repeat a write whose connection broke.
 * A connection that was idle for more than a few seconds is not used again: the other side may have closed it (while a Lambda
 * function was frozen, nobody listened), and a write that fails on it may have run for all one can tell.
 */
export function openDataApiClient(options: DataApiClientOptions): RDSDataClient {
  const agents = [
    new HttpAgent({ keepAlive: true, maxSockets: 50 }),
    new HttpsAgent({ keepAlive: true, maxSockets: 50 }),
  ] as const;
  const client = new RDSDataClient({
    region: options.region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5000,
      requestTimeout: options.answerTimeout ?? 60_000,
      throwOnRequestTimeout: true,
      httpAgent: agents[0],
      httpsAgent: agents[1],
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  const freed = new WeakMap<object, number>();
  for (const agent of agents) agent.on('free', (socket) => freed.set(socket, options.clock.now()));
  const isStale = (socket: object) => options.clock.now() - (freed.get(socket) ?? 0) > idleLimit;
  client.middlewareStack.add(
    (next) => (args) => {
      for (const socket of agents.flatMap(idleSockets)) if (isStale(socket)) socket.destroy();
      return next(args);
    },
    { step: 'finalizeRequest', name: 'freshConnections' },
  );
  return client;
}

/** Milliseconds. */
const idleLimit = 5000;

function idleSockets(agent: HttpAgent): Socket[] {
  return Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
}
