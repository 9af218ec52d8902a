import { Fault } from '#core/fault.ts';
import type { Platform } from '#platform/platform.ts';
import { apiKeyUser, isApiKey, parseApiKey } from './api-key.ts';
import { passwordCheck } from './password-check.ts';
import { narrowed } from './permissions.ts';
import { notAuthorized, type Principal } from './principal.ts';
import { findSignIn, type SignIn } from './sign-in-store.ts';
import { readToken, signToken } from './token.ts';
import { tokenKeys } from './token-keys.ts';

type World = Pick<Platform, 'sql' | 'clock' | 'secrets'>;

/** What a request says of its sender. */
export interface Sender {
  /** The header `authorization`. */
  readonly authorization: string | null;
  /** The network address it came from. */
  readonly address: string;
}

export interface Token {
  readonly text: string;
  readonly lifeSeconds: number;
}

/** Knows who somebody is. */
export interface Authenticator {
  /**
   * Who a request is from, meant for an account or, for null, the sender's own. Throws `auth/required`, `auth/throttled`, and
   * `auth/forbidden` for an account that the sender has nothing to do with, whether or not it is there.
   */
  authenticate(sender: Sender, account: string | null): Promise<Principal>;
  /** A token for whoever knows the password; throws as `authenticate`. */
  issueToken(user: string, password: string, address: string): Promise<Token>;
}

const tokenLifeSeconds = 3600;

/**
 * Sign-in by HTTP Basic (a password, or a key under the name `_api_key`) and by Bearer (a token or a key). Each request looks the
 * user up, so whoever was deleted, disabled or revoked is out with the next one.
 */
export function authenticator(world: World): Authenticator {
  const checkPassword = passwordCheck(world);
  const keys = tokenKeys(world);
  const byPassword = async (user: string, password: string, address: string, account: string | null) => {
    const found = await findSignIn(world, { name: user }, account);
    const good = await checkPassword({ user, password, stored: found?.password ?? null, address });
    return good ? found : null;
  };
  const byToken = async (text: string, account: string | null) => {
    const claims = await readToken(text, keys.find, world.clock.now());
    if (claims === null) return null;
    const found = await findSignIn(world, { id: claims.sub }, account);
    return found?.password != null && found.passwordAt === claims.password_at ? found : null;
  };
  const byKey = async (text: string, account: string | null) => {
    const key = parseApiKey(text);
    if (key === null) return null;
    const found = await findSignIn(world, { key: key.id }, account);
    if (found?.key == null || !isApiKey(key, found.key.hash)) return null;
    return (found.key.expiresAt ?? Number.POSITIVE_INFINITY) > world.clock.now() ? found : null;
  };
  return {
    async authenticate({ authorization, address }, account) {
      const proof = proofOf(authorization);
      const found =
        proof.by === 'password'
          ? await byPassword(proof.user, proof.password, address, account)
          : await (proof.by === 'key' ? byKey : byToken)(proof.text, account);
      return principalOf(enabled(found), proof.by, account);
    },
    async issueToken(user, password, address) {
      const found = enabled(await byPassword(storable(user), password, address, null));
      const iat = Math.floor(world.clock.now() / 1000);
      const claims = { sub: found.userId, password_at: found.passwordAt, iat, exp: iat + tokenLifeSeconds };
      return { text: signToken(claims, await keys.newest()), lifeSeconds: tokenLifeSeconds };
    },
  };
}

/** User and password of a Basic header; throws `auth/required`. */
export function basicCredentials(authorization: string | null): readonly [user: string, password: string] {
  const encoded = /^basic +([A-Za-z0-9+/=_-]{1,4096})$/i.exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw stranger();
  return [storable(text.slice(0, colon)), text.slice(colon + 1)];
}

type Proof =
  | { readonly by: 'password'; readonly user: string; readonly password: string }
  | { readonly by: 'token' | 'key'; readonly text: string };

/** `jwt` is the original's other word for Bearer. */
function proofOf(authorization: string | null): Proof {
  const bearer = /^(?:bearer|jwt) +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return { by: parseApiKey(bearer) === null ? 'token' : 'key', text: bearer };
  const [user, password] = basicCredentials(authorization);
  return user === apiKeyUser ? { by: 'key', text: password } : { by: 'password', user, password };
}

/** A name with NUL or halves of surrogate pairs is nobody's, and PostgreSQL takes it in no text. */
function storable(user: string): string {
  if (user.includes('\0') || !user.isWellFormed()) throw stranger();
  return user;
}

function enabled(found: SignIn | null): SignIn {
  if (found === null) throw stranger();
  const { account, state } = found.home;
  if (state !== 'enabled') throw new Fault('auth/forbidden', `Not authorized. Account ${account} not enabled.`);
  return found;
}

function principalOf(found: SignIn, by: Principal['by'], wanted: string | null): Principal {
  const { user, home, member } = found;
  const keyRole = found.key?.role ?? null;
  const admin = home.admin && narrowed(home.role, keyRole) === 'full-control';
  const account = wanted ?? home.account;
  if (!admin && member === null) throw notAuthorized(account, '*');
  if (!admin && member?.state !== 'enabled')
    throw new Fault('auth/forbidden', `Not authorized. Account ${account} not enabled.`);
  return {
    user,
    home: home.account,
    account,
    role: member === null ? null : narrowed(member.role, keyRole),
    admin,
    by,
  };
}

function stranger(): Fault {
  return new Fault('auth/required', 'Unauthorized');
}
