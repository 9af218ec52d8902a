import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Fault } from '#core/fault.ts';

/** Cost of a hash: about 50 ms and 16 MiB on a small core (OWASP password storage: scrypt N=2^14, r=8, p=5 or more). */
const cost = { N: 1 << 14, r: 8, p: 5 };

/** What the password of an unknown user is compared with: nothing hashes to it, and to find that out takes as long as any other. */
export const nobodysPassword = ['scrypt', cost.N, cost.r, cost.p, 'A'.repeat(22), 'A'.repeat(43)].join(':');

/** The stored form of a password: `scrypt:N:r:p:salt:hash`, base64url. Throws `input/invalid` outside 6 to 128 characters. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < 6 || password.length > 128)
    throw new Fault('input/invalid', 'a password has 6 to 128 characters');
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** Whether a password is the one that was stored, in time that does not depend on how much of it is right. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split(':');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined)
    throw new Fault('data/corrupt', 'a stored password has an unknown form');
  const want = Buffer.from(hash, 'base64url');
  const have = await derive(password.slice(0, 1024), Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(want, have);
}

/** A password that nobody has to think of: 24 characters, 144 bits. */
export function newPassword(): string {
  return randomBytes(18).toString('base64url');
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((done, failed) =>
    scrypt(password, salt, 32, { N, r, p, maxmem: 64 << 20 }, (error, key) =>
      error === null ? done(key) : failed(error),
    ),
  );
}
