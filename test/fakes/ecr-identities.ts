import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '#platform/clock.ts';

/** Who calls. */
export interface Identity {
  readonly account: string;
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Keys without it do not end. */
  readonly expiration?: Date;
  /** Actions that its policy does not allow, as `ecr:GetAuthorizationToken`. */
  readonly denied: Set<string>;
}

/** A role that others may take on when they know its external id. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  readonly externalId: string;
}

/** The identities that the fakes know: users with keys, roles that give keys for an hour. */
export interface Identities {
  addUser(account: string, name: string): Identity;
  addRole(role: Role): void;
  /** STS AssumeRole; null when the trust policy does not allow it. */
  assume(arn: string, externalId: string | null): Identity | null;
  /** Who signed a request, or the error that AWS answers with. The body is what was signed. */
  whoSigned(request: IncomingMessage, body: Buffer): Identity | { readonly error: string; readonly message: string };
}

const sessionLife = 3_600_000;

export function identities(clock: Clock): Identities {
  const known = new Map<string, Identity>();
  const roles = new Map<string, Role>();
  const add = (prefix: string, rest: Pick<Identity, 'account' | 'name' | 'sessionToken' | 'expiration'>): Identity => {
    const identity: Identity = {
      ...rest,
      accessKeyId: prefix + randomBytes(8).toString('hex').toUpperCase(),
      secretAccessKey: randomBytes(20).toString('hex'),
      denied: new Set(),
    };
    known.set(identity.accessKeyId, identity);
    return identity;
  };
  return {
    addUser: (account, name) => add('AKIA', { account, name }),
    addRole: (role) => void roles.set(role.arn, role),
    assume(arn, externalId) {
      const role = roles.get(arn);
      if (role === undefined || role.externalId !== externalId) return null;
      const sessionToken = randomBytes(40).toString('base64');
      const expiration = new Date(clock.now() + sessionLife);
      return add('ASIA', { account: role.account, name: arn, sessionToken, expiration });
    },
    whoSigned(request, body) {
      const form =
        /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/([^/]+)\/([^/]+)\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
      const found = form.exec(request.headers.authorization ?? '');
      if (found === null)
        return { error: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
      const [, id, scope, , , signed, signature] = found;
      const identity = known.get(id!);
      const token = request.headers['x-amz-security-token'];
      if (identity === undefined || identity.sessionToken !== token)
        return {
          error: 'UnrecognizedClientException',
          message: 'The security token included in the request is invalid.',
        };
      if (identity.expiration !== undefined && clock.now() >= identity.expiration.getTime())
        return { error: 'ExpiredTokenException', message: 'The security token included in the request is expired' };
      if (signatureOf(request, body, identity.secretAccessKey, scope!, signed!.split(';')) !== signature)
        return {
          error: 'InvalidSignatureException',
          message: 'The request signature we calculated does not match the signature you provided.',
        };
      return identity;
    },
  };
}

/** Signature version 4 of a POST without query (IAM user guide, "Create a signed AWS API request"). */
function signatureOf(
  request: IncomingMessage,
  body: Buffer,
  secret: string,
  scope: string,
  signed: readonly string[],
): string {
  const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  const canonical = [request.method, request.url, '', headers, signed.join(';'), hash(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}
