import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Fault } from '#core/fault.ts';
import type { Clock } from '../clock.ts';
import type { Secrets } from '../secrets.ts';
import { awsErrorName, awsFault } from './aws-fault.ts';

export interface SecretsManagerOptions {
  readonly client: SecretsManagerClient;
  /** Before every name, so that a role can be limited to `arn:...:secret:PREFIX*`: `plimsoll/`. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Key of KMS that secrets are made with; the key that AWS keeps for the account when left out. */
  readonly kmsKeyId?: string;
}

/** Bytes of a value, by the port and by Secrets Manager. */
const largestValue = 64 * 1024;

/** Days for which a removed secret can be restored by hand: the fewest there are. */
const recoveryDays = 7;

/** Milliseconds between tries of a `put` that met others. */
const rounds = [0, 100, 400, 1_600, 3_200] as const;

/**
 * Secrets Manager does not store empty text. A value begins with this when it is empty or begins with it itself; every other
 * value is stored as it is, so that a person may enter one in the console.
 */
const mark = 'plimsoll-text:';

/**
 * Secrets in AWS Secrets Manager, the secret `a/b` under the name `PREFIXa/b`. Nothing is cached: what was changed in the console holds at
 * the next `get`. A removed secret can be restored by hand for seven days, costs nothing and is not seen here; `put` restores it and
 * writes its new value. What `list` gives may be minutes old, by what AWS promises.
 */
export function secretsManager({ client, prefix, clock, kmsKeyId }: SecretsManagerOptions): Secrets {
  return {
    async get(name) {
      checkName(name);
      const found = await attempt(name, 'reading', () =>
        client.send(new GetSecretValueCommand({ SecretId: prefix + name })),
      );
      if (typeof found === 'string') return null;
      const { SecretString: text, SecretBinary: bytes } = found;
      if (text === undefined) return bytes === undefined ? null : Buffer.from(bytes).toString('utf8');
      return text.startsWith(mark) ? text.slice(mark.length) : text;
    },
    async put(name, value) {
      checkName(name);
      const text = value === '' || value.startsWith(mark) ? mark + value : value;
      if (Buffer.byteLength(text) > largestValue)
        throw new Fault('input/too-large', `The value of secret ${name} is larger than 64 KiB`);
      for (const pause of rounds) {
        if (pause > 0) await clock.sleep(pause);
        if (await write(name, text)) return;
      }
      throw new Fault('network/unreachable', `Secret ${name} is being changed by others all the time; try again`);
    },
    async delete(name) {
      checkName(name);
      await attempt(name, 'removing', () =>
        client.send(new DeleteSecretCommand({ SecretId: prefix + name, RecoveryWindowInDays: recoveryDays })),
      );
    },
    async list(begin) {
      const names = new Set<string>();
      if (!/^[A-Za-z0-9._/-]{0,200}$/.test(begin)) return [];
      const filter = prefix + begin;
      for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
        const token = page;
        const found = await attempt(filter, 'listing', () =>
          client.send(
            new ListSecretsCommand({
              MaxResults: 100,
              ...(filter === '' ? {} : { Filters: [{ Key: 'name', Values: [filter] }] }),
              ...(token === undefined ? {} : { NextToken: token }),
            }),
          ),
        );
        if (typeof found === 'string') break;
        for (const { Name = '' } of found.SecretList ?? []) {
          const name = Name.slice(prefix.length);
          // The filter of AWS has been laxer than its description: about case, about where a name begins.
          if (Name.startsWith(filter) && isName(name)) names.add(name);
        }
        page = found.NextToken;
      }
      return [...names].sort();
    },
  };

  /** One try: a new value, else a new secret, else a removed one restored; false when the next try may do better. */
  async function write(name: string, text: string): Promise<boolean> {
    const id = prefix + name;
    const put = await attempt(name, 'storing', () =>
      client.send(new PutSecretValueCommand({ SecretId: id, SecretString: text })),
    );
    if (typeof put !== 'string') return true;
    if (put === 'removed') {
      await attempt(name, 'restoring', () => client.send(new RestoreSecretCommand({ SecretId: id })));
      return false;
    }
    const made = await attempt(name, 'making', () =>
      client.send(
        new CreateSecretCommand({
          Name: id,
          SecretString: text,
          ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
        }),
      ),
    );
    return typeof made !== 'string';
  }
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9._/-]{1,200}$/.test(name);
}

function checkName(name: string): void {
  if (isName(name)) return;
  throw new Fault(
    'input/invalid',
    `'${name.slice(0, 100)}' is not the name of a secret: 1 to 200 of A-Z, a-z, 0-9, '.', '_', '/' and '-'`,
  );
}

/** Runs a call; what the state of the secret does not allow is an answer, all else a Fault that names it and never its value. */
async function attempt<T>(
  name: string,
  what: string,
  call: () => Promise<T>,
): Promise<T | 'missing' | 'removed' | 'exists'> {
  try {
    return await call();
  } catch (thrown) {
    const error = awsErrorName(thrown);
    if (error === 'ResourceNotFoundException') return 'missing';
    if (error === 'ResourceExistsException') return 'exists';
    // "marked for deletion", "scheduled for deletion", "was deleted": there is no name for it.
    if (error === 'InvalidRequestException' && thrown instanceof Error && /delet/i.test(thrown.message))
      return 'removed';
    throw awsFault(thrown, `Secret ${name}: ${what}`);
  }
}
