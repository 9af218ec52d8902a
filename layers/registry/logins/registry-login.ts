import { Fault } from '#core/fault.ts';
import { parseEcrHost } from '#platform/aws/ecr-host.ts';
import type { EcrIdentity } from '#platform/ecr-login.ts';
import { isRole } from '#schema/deployment.ts';
import type { Credentials } from '../client/credential.ts';
import type { RegistryType } from './account-registry.ts';

/** What an account gave to log in with. Never shown, never logged. */
export interface GivenLogin {
  readonly type: RegistryType;
  readonly user: string;
  readonly secret: string;
}

/** How to log in with it. */
export type RegistryLogin =
  | { readonly kind: 'fixed'; readonly credentials: Credentials | null }
  | { readonly kind: 'ecr'; readonly identity: EcrIdentity };

/**
 * What user and secret mean. Of docker_v2 they are what they say, none of both is nobody. Of awsecr they are an access key and its
 * secret; `awsauto` in either place is this process; the user `_iam_role` has an ARN as its secret, `ARN;EXTERNAL-ID` where the role
 * asks for one. Throws `input/invalid` for what cannot be; no message holds what was given.
 */
export function registryLogin(host: string, { type, user, secret }: GivenLogin): RegistryLogin {
  return type === 'awsecr'
    ? { kind: 'ecr', identity: ecrIdentity(host, user, secret) }
    : { kind: 'fixed', credentials: fixedLogin(user, secret) };
}

/**
 * The type that is meant. ECR takes no other user than AWS: who names another one means what ECR is asked with, also where a client says
 * docker_v2 of itself, as the original's does for updates.
 */
export function registryType(host: string, user: string, asked: RegistryType | undefined): RegistryType {
  if (parseEcrHost(host) === null) return asked ?? 'docker_v2';
  return user === 'AWS' || user === '' ? (asked ?? 'docker_v2') : 'awsecr';
}

function fixedLogin(user: string, secret: string): Credentials | null {
  if (user === '' && secret === '') return null;
  if (user === '' || secret === '') throw invalid('give both a user and a password, or neither');
  if (user.includes(':')) throw invalid('a user has no colon in its name (RFC 7617)');
  // ACR's way of writing an identity token down as a password.
  if (user === '00000000-0000-0000-0000-000000000000') return { kind: 'identity-token', token: secret };
  return { kind: 'basic', username: user, password: secret };
}

function ecrIdentity(host: string, user: string, secret: string): EcrIdentity {
  if (parseEcrHost(host) === null)
    throw invalid(
      'a registry of type awsecr is named ACCOUNT.dkr.ecr.REGION.amazonaws.com, or as its partition names it',
    );
  if (user === 'awsauto' || secret === 'awsauto') return null;
  if (user === '_iam_role') {
    const [arn = '', externalId = null, ...more] = secret.split(';').map((part) => part.trim());
    const role = { arn, externalId: externalId === '' ? null : externalId };
    if (more.length > 0 || !isRole(role))
      throw invalid('with the user _iam_role give ROLE-ARN or ROLE-ARN;EXTERNAL-ID');
    return role;
  }
  if (!/^\w{16,128}$/.test(user) || !/^[\x21-\x7e]{16,256}$/.test(secret))
    throw invalid(
      'for ECR give an access key and its secret, awsauto for the role that Plimsoll runs as, or _iam_role and the ARN of a role',
    );
  return { accessKeyId: user, secretAccessKey: secret };
}

function invalid(why: string): Fault {
  return new Fault('input/invalid', `These are no credentials for the registry: ${why}`);
}
