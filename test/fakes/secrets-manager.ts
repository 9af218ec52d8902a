import { randomUUID } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { AwsError, type AwsJsonServer, awsJsonServer, type JsonObject, numberIn, requiredText } from './aws-json.ts';

interface FakeSecret {
  readonly name: string;
  readonly arn: string;
  /** Values by the token of the request that brought them; the last is the current one. */
  readonly versions: Map<string, string>;
  current: string;
  /** When it is gone for good, null while it lives. */
  deletedAt: number | null;
  goneAt: number;
}

const day = 24 * 60 * 60 * 1000;

/**
 * AWS Secrets Manager on loopback, going by the clock: names, lengths, request tokens, recovery windows, pages of `pageSize` names.
 * Without IAM, KMS, rotation, tags and replicas.
 */
export async function fakeSecretsManager(
  clock: Clock,
  options: { readonly pageSize?: number } = {},
): Promise<AwsJsonServer> {
  const secrets = new Map<string, FakeSecret>();
  return awsJsonServer({
    target: 'secretsmanager',
    version: '1.1',
    operations: {
      CreateSecret(input) {
        const name = requiredText(input, 'Name');
        if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) throw new AwsError('ValidationException', 'Invalid name.');
        const value = textOf(input);
        const token = requiredText(input, 'ClientRequestToken');
        const existing = find(name);
        if (existing?.deletedAt != null) {
          throw invalidRequest(
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
        }
        if (existing !== undefined) {
          if (existing.versions.get(token) !== value) {
            throw new AwsError(
              'ResourceExistsException',
              `The operation failed because the secret ${name} already exists.`,
            );
          }
          return answer(existing, token);
        }
        const secret: FakeSecret = {
          name,
          arn: `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}-${randomUUID().slice(0, 6)}`,
          versions: new Map([[token, value]]),
          current: token,
          deletedAt: null,
          goneAt: Number.POSITIVE_INFINITY,
        };
        secrets.set(name, secret);
        return answer(secret, token);
      },
      GetSecretValue(input) {
        const secret = living(input);
        return { ...answer(secret, secret.current), SecretString: secret.versions.get(secret.current) };
      },
      PutSecretValue(input) {
        const secret = living(input);
        const value = textOf(input);
        const token = requiredText(input, 'ClientRequestToken');
        const same = secret.versions.get(token);
        if (same !== undefined && same !== value)
          throw new AwsError('ResourceExistsException', 'You have already used this token for another value.');
        secret.versions.set(token, value);
        secret.current = token;
        return answer(secret, token);
      },
      DeleteSecret(input) {
        const secret = found(input);
        if (input['ForceDeleteWithoutRecovery'] === true) {
          if (input['RecoveryWindowInDays'] !== undefined)
            throw new AwsError('InvalidParameterException', 'You cannot use both.');
          secrets.delete(secret.name);
          return { ARN: secret.arn, Name: secret.name, DeletionDate: clock.now() / 1000 };
        }
        const days = numberIn(
          input,
          'RecoveryWindowInDays',
          { from: 7, to: 30, otherwise: 30 },
          'InvalidParameterException',
        );
        if (secret.deletedAt !== null) throw removed();
        secret.deletedAt = clock.now();
        secret.goneAt = clock.now() + days * day;
        return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.goneAt / 1000 };
      },
      RestoreSecret(input) {
        const secret = found(input);
        secret.deletedAt = null;
        secret.goneAt = Number.POSITIVE_INFINITY;
        return { ARN: secret.arn, Name: secret.name };
      },
      ListSecrets(input) {
        const max = numberIn(input, 'MaxResults', { from: 1, to: 100, otherwise: 100 }, 'InvalidParameterException');
        const filters = (input['Filters'] ?? []) as readonly {
          readonly Key: string;
          readonly Values: readonly string[];
        }[];
        const prefixes = filters.flatMap((filter) => filter.Values);
        if (filters.some(({ Key }) => Key !== 'name') || prefixes.some((value) => !/^!?[\w :@/+=.!-]+$/.test(value)))
          throw new AwsError('InvalidParameterException', 'Invalid filter.');
        const all = [...secrets.keys()].filter((name) => {
          const secret = find(name);
          const wanted = prefixes.length === 0 || prefixes.some((begin) => name.startsWith(begin));
          return secret !== undefined && secret.deletedAt === null && wanted;
        });
        const from =
          input['NextToken'] === undefined ? 0 : Number(requiredText(input, 'NextToken').slice('after-'.length));
        if (Number.isNaN(from)) throw new AwsError('InvalidNextTokenException', 'Invalid token.');
        const to = from + Math.min(max, options.pageSize ?? 100);
        return {
          SecretList: all.slice(from, to).map((name) => ({ Name: name, ARN: find(name)?.arn })),
          ...(to < all.length ? { NextToken: `after-${to}` } : {}),
        };
      },
    },
  });

  /** By name or ARN, as AWS takes either. */
  function find(name: string): FakeSecret | undefined {
    const secret = name.startsWith('arn:') ? [...secrets.values()].find(({ arn }) => arn === name) : secrets.get(name);
    if (secret === undefined || secret.goneAt > clock.now()) return secret;
    secrets.delete(secret.name);
    return undefined;
  }

  function found(input: JsonObject): FakeSecret {
    const secret = find(requiredText(input, 'SecretId'));
    if (secret !== undefined) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  function living(input: JsonObject): FakeSecret {
    const secret = found(input);
    if (secret.deletedAt !== null) throw removed();
    return secret;
  }
}

function removed(): AwsError {
  return invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}

function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}

function textOf(input: JsonObject): string {
  const value = requiredText(input, 'SecretString');
  const bytes = Buffer.byteLength(value);
  if (bytes >= 1 && bytes <= 65_536) return value;
  throw new AwsError(
    'ValidationException',
    "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length between 1 and 65536",
  );
}

function answer(secret: FakeSecret, version: string): JsonObject {
  return { ARN: secret.arn, Name: secret.name, VersionId: version };
}
