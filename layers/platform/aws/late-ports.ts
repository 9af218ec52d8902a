import type { Blobs } from '../blobs.ts';
import type { FindingHub } from '../finding-hub.ts';
import type { Queue, Queues } from '../queue.ts';
import type { Secrets } from '../secrets.ts';
import type { Sql } from '../sql.ts';
import type { Staging } from '../staging.ts';
import type { Topic } from '../topic.ts';

/** Opens something at its first use, once; again at the next when that failed. */
export function late<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | null = null;
  return () => {
    opened ??= open().catch((thrown) => {
      opened = null;
      throw thrown;
    });
    return opened;
  };
}

/** SQL whose client is loaded and made by the first statement: what needs no database waits for none. */
export function lateSql(open: () => Promise<Sql>): Sql {
  return {
    query: async (statement, parameters) => (await open()).query(statement, parameters),
    transaction: async (work) => (await open()).transaction(work),
  };
}

/** As {@link lateSql} for blobs. */
export function lateBlobs(open: () => Promise<Blobs>): Blobs {
  return {
    put: async (key, content) => (await open()).put(key, content),
    replace: async (key, content) => (await open()).replace(key, content),
    read: async (key) => (await open()).read(key),
    has: async (key) => (await open()).has(key),
    delete: async (key) => (await open()).delete(key),
    async *list(prefix) {
      yield* (await open()).list(prefix);
    },
  };
}

/** As {@link lateSql} for queues. */
export function lateQueues(open: () => Promise<Queues>): Queues {
  return (name): Queue => {
    const queue = async () => (await open())(name);
    return {
      name,
      send: async (bodies, delaySeconds, group) => (await queue()).send(bodies, delaySeconds, group),
      receive: async (max, visibilitySeconds) => (await queue()).receive(max, visibilitySeconds),
      dead: async () => (await queue()).dead(),
      redrive: async () => (await queue()).redrive(),
      depth: async () => (await queue()).depth(),
    };
  };
}

/** As {@link lateSql} for secrets. */
export function lateSecrets(open: () => Promise<Secrets>): Secrets {
  return {
    get: async (name) => (await open()).get(name),
    put: async (name, value) => (await open()).put(name, value),
    delete: async (name) => (await open()).delete(name),
    list: async (prefix) => (await open()).list(prefix),
  };
}

/** As {@link lateSql} for a topic. */
export function lateTopic(open: () => Promise<Topic>): Topic {
  return { publish: async (message) => (await open()).publish(message) };
}

/** As {@link lateSql} for staging. */
export function lateStaging(open: () => Promise<Staging>): Staging {
  return { stage: async (texts) => (await open()).stage(texts) };
}

/** As {@link lateSql} for a hub of findings. */
export function lateHub(open: () => Promise<FindingHub>): FindingHub {
  return { bringIn: async (findings) => (await open()).bringIn(findings) };
}
