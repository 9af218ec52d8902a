import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as it was shown: the id finds its row, the secret proves it. */
export interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

/** Who signs in with Basic by a key instead of a password gives this as the user. No user has this name. */
export const apiKeyUser = '_api_key';

/** A new key of 256 bits. */
export function newApiKey(): ApiKey {
  return { id: randomBytes(8).toString('hex'), secret: randomBytes(32).toString('base64url') };
}

/** The text of a key, to be shown once: `plimsoll_ID_SECRET`. Its beginning lets scanners of secrets find it. */
export function apiKeyText({ id, secret }: ApiKey): string {
  return `plimsoll_${id}_${secret}`;
}

/** A key from its text, or null. */
export function parseApiKey(text: string): ApiKey | null {
  const found = /^plimsoll_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/.exec(text);
  return found === null ? null : { id: found[1]!, secret: found[2]! };
}

/** The stored form. A secret of 256 random bits cannot be guessed, so one fast hash is enough. */
export function hashApiKey({ secret }: ApiKey): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether a key is the one whose hash was stored, in time that does not depend on how much of it is right. */
export function isApiKey(key: ApiKey, stored: string): boolean {
  const want = Buffer.from(stored, 'base64url');
  const have = Buffer.from(hashApiKey(key), 'base64url');
  return want.length === have.length && timingSafeEqual(want, have);
}
