import { addAccount } from '#access/account-store.ts';
import { hashPassword } from '#access/password.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Sql } from '#platform/sql.ts';
import { inRollback } from '#test/support/database.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

/** A database that forgets, a clock that stands still, and secrets in memory. */
export interface AccessWorld {
  readonly sql: Sql;
  readonly clock: TestClock;
  readonly secrets: Secrets;
}

/** Runs `work` with the accounts `admin` (user admin, password sesame-admin) and `team` (user ann, password sesame-ann). */
export function withAccounts(work: (world: AccessWorld) => Promise<void>): Promise<void> {
  return inRollback(async (sql) => {
    const world = { sql, clock: testClock(), secrets: secretsInMemory() };
    const add = async (name: string, type: 'user' | 'admin', user: string) =>
      addAccount(world, { name, type, user, password: await stored(`sesame-${user}`) }, world.clock.now());
    await add('admin', 'admin', 'admin');
    await add('team', 'user', 'ann');
    await work(world);
  });
}

const made = new Map<string, Promise<string>>();

/** The stored form of a password; made once, since it is slow by intention. */
export function stored(password: string): Promise<string> {
  const hash = made.get(password) ?? hashPassword(password);
  made.set(password, hash);
  return hash;
}

export function secretsInMemory(): Secrets {
  const values = new Map<string, string>();
  return {
    get: async (name) => values.get(name) ?? null,
    put: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
    list: async (prefix) => [...values.keys()].filter((name) => name.startsWith(prefix)).sort(),
  };
}

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A request's sender at an address of its own. */
export const from = (authorization: string | null, address = '192.0.2.1') => ({ authorization, address });
