import { randomBytes } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { takeLease } from '#platform/lease.ts';
import type { Platform } from '#platform/platform.ts';

type World = Pick<Platform, 'sql' | 'clock' | 'secrets'>;

/** A key that signs tokens: 256 bits for HMAC-SHA256 (RFC 7518, 3.2). */
export interface TokenKey {
  readonly id: string;
  readonly key: Buffer;
  readonly madeAt: number;
}

/** The keys of an installation, kept in the secret store and in this process for a while. */
export interface TokenKeys {
  /** The key of an id, or null. An id that is not known is looked for in the store, but not by everybody who invents one. */
  find(id: string): Promise<TokenKey | null>;
  /** The key to sign with: made when there is none, replaced when it is old. Throws what the secret store throws. */
  newest(): Promise<TokenKey>;
}

/** Name of the secret: JSON, a list of `{id, key, madeAt}`, the newest first. */
export const tokenKeySecret = 'access/token-keys';

/** A key signs for this long, and is kept for as long again: far beyond the life of any token. Milliseconds. */
const rotateMs = 30 * 24 * 3_600_000;

/** What this process read counts for so long. Milliseconds. */
const keptMs = 5 * 60_000;

/** A store is asked for keys that are not known this often. Milliseconds. */
const againMs = 10_000;

/** Opens the keys; nothing is read before it is asked for. */
export function tokenKeys(world: World): TokenKeys {
  let kept: { readonly keys: readonly TokenKey[]; readonly at: number } | null = null;
  const read = async () => {
    kept = { keys: parseKeys(await world.secrets.get(tokenKeySecret)), at: world.clock.now() };
    return kept.keys;
  };
  const within = (milliseconds: number) =>
    kept !== null && world.clock.now() - kept.at < milliseconds ? kept.keys : null;
  return {
    async find(id) {
      const known = within(keptMs)?.find((one) => one.id === id);
      return known ?? (within(againMs) ?? (await read())).find((one) => one.id === id) ?? null;
    },
    async newest() {
      const [first] = within(keptMs) ?? (await read());
      if (first !== undefined && world.clock.now() - first.madeAt < rotateMs) return first;
      await rotate(world);
      const [made] = await read();
      if (made === undefined) throw new Fault('internal/overdue', 'the key that signs tokens is being made; try again');
      return made;
    },
  };
}

/** Puts a new key before the others, by one process at a time; the others sign with what there is. */
async function rotate({ sql, clock, secrets }: World): Promise<void> {
  await using lease = await takeLease(sql, clock, 'token-keys', 'token-keys', 60_000);
  if (lease === null) return;
  const now = clock.now();
  const keys = parseKeys(await secrets.get(tokenKeySecret));
  if (keys[0] !== undefined && now - keys[0].madeAt < rotateMs) return;
  const made: TokenKey = { id: randomBytes(8).toString('hex'), key: randomBytes(32), madeAt: now };
  const kept = [made, ...keys.filter((one) => now - one.madeAt < 2 * rotateMs)].slice(0, 3);
  await secrets.put(
    tokenKeySecret,
    JSON.stringify(kept.map((one) => ({ ...one, key: one.key.toString('base64url') }))),
  );
}

function parseKeys(text: string | null): readonly TokenKey[] {
  if (text === null) return [];
  const corrupt = new Fault(
    'data/corrupt',
    `secret ${tokenKeySecret} is not a list of keys; delete it, and all sign in again`,
  );
  try {
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored)) throw corrupt;
    return stored.map(({ id, key, madeAt }) => {
      const bytes = Buffer.from(String(key), 'base64url');
      if (typeof id !== 'string' || typeof madeAt !== 'number' || bytes.length !== 32) throw corrupt;
      return { id, key: bytes, madeAt };
    });
  } catch {
    throw corrupt;
  }
}
