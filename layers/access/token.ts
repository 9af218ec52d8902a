import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TokenKey } from './token-keys.ts';

/** What a token says; whether it still counts is asked of the database with every request. */
export interface TokenClaims {
  /** The id of the user. */
  readonly sub: string;
  /** When the password was set by which the user signed in. Milliseconds since the epoch. */
  readonly password_at: number;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
}

const issuer = 'plimsoll';

/** A JSON Web Token (RFC 7519) signed with HMAC-SHA256 (RFC 7515). */
export function signToken(claims: TokenClaims, { id, key }: TokenKey): string {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: id })}.${part({ iss: issuer, ...claims })}`;
  return `${signed}.${signature(signed, key).toString('base64url')}`;
}

/**
 * The claims of a token that one of the keys signed and whose time has not run out at `now` (milliseconds), or null for anything
 * else. HS256 is the only algorithm, whatever the token says (RFC 8725, 3.1).
 */
export async function readToken(
  text: string,
  find: (keyId: string) => Promise<TokenKey | null>,
  now: number,
): Promise<TokenClaims | null> {
  const [head = '', body = '', proof = '', ...rest] = text.length <= 2048 ? text.split('.') : [];
  const header = unpart(head);
  const id = header?.['kid'];
  if (rest.length > 0 || header?.['alg'] !== 'HS256' || typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id))
    return null;
  const key = await find(id);
  if (key === null) return null;
  const want = signature(`${head}.${body}`, key.key);
  const have = Buffer.from(proof, 'base64url');
  if (have.length !== want.length || !timingSafeEqual(have, want)) return null;
  const { iss, sub, password_at, iat, exp } = unpart(body) ?? {};
  if (iss !== issuer || typeof sub !== 'string' || typeof password_at !== 'number') return null;
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp * 1000 <= now) return null;
  return { sub, password_at, iat, exp };
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function unpart(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function signature(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
