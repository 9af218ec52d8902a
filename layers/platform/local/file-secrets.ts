import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Secrets } from '../secrets.ts';
import { writeWholeFile } from './whole-file.ts';

const keyBytes = 32;

const largestValue = 64 * 1024;

/** Secrets by name, each sealed on its own: base64 of 12 bytes nonce, 16 bytes tag, ciphertext. */
interface SecretsFile {
  readonly version: 1;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Secrets in `secrets.json` of a folder, AES-256-GCM with the name bound to the value, under the key of the file `key`
 * beside it, which only its owner may read. Both are made by the first `put`. One process writes at a time (pid-lock.ts).
 * Throws `data/corrupt` that names the file when one is damaged, missing or does not fit, `auth/forbidden` when others may read the key.
 */
export function fileSecrets(folder: string): Secrets {
  const path = join(folder, 'secrets.json');
  const keyPath = join(folder, 'key');
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const store = (secrets: ReadonlyMap<string, string>) => {
    const file: SecretsFile = { version: 1, secrets: Object.fromEntries(secrets) };
    return writeWholeFile(path, `${JSON.stringify(file, null, 1)}\n`, { replace: true });
  };
  return {
    get: (name) =>
      inTurn(async () => {
        checkName(name);
        const sealed = (await readSecrets(path)).get(name);
        if (sealed === undefined) return null;
        const key = await readKey(keyPath);
        if (key === null) throw corrupt(keyPath, `the key of ${path} is missing; put it back from a backup`);
        return unseal(sealed, key, name, path);
      }),
    put: (name, value) =>
      inTurn(async () => {
        checkName(name);
        checkValue(name, value);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const secrets = await readSecrets(path);
        const key = (await readKey(keyPath)) ?? (await makeKey(keyPath, path, secrets));
        await store(new Map(secrets).set(name, seal(value, key, name)));
      }),
    delete: (name) =>
      inTurn(async () => {
        checkName(name);
        const secrets = new Map(await readSecrets(path));
        if (secrets.delete(name)) await store(secrets);
      }),
    list: (prefix) =>
      inTurn(async () => [...(await readSecrets(path)).keys()].filter((name) => name.startsWith(prefix)).sort()),
  };
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9._/-]{1,200}$/.test(name)) return;
  throw new Fault(
    'input/invalid',
    `'${name.slice(0, 100)}' is not the name of a secret: 1 to 200 of A-Z, a-z, 0-9, '.', '_', '/' and '-'`,
  );
}

function checkValue(name: string, value: string): void {
  if (Buffer.byteLength(value) <= largestValue) return;
  throw new Fault('input/too-large', `The value of secret ${name} is larger than 64 KiB`);
}

async function readSecrets(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readIfThere(path);
  if (text === null) return new Map();
  let file: SecretsFile;
  try {
    file = JSON.parse(text);
  } catch {
    throw corrupt(path, 'it is not JSON; put it back from a backup, or remove it and enter the secrets again');
  }
  const good = file?.version === 1 && typeof file.secrets === 'object' && file.secrets !== null;
  const secrets = new Map(good ? Object.entries(file.secrets) : []);
  if (good && [...secrets.values()].every((sealed) => typeof sealed === 'string')) return secrets;
  throw corrupt(path, 'it is not a secrets file of version 1; put it back from a backup, or use a newer Plimsoll');
}

async function readKey(path: string): Promise<Buffer | null> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
  try {
    const { mode } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Fault(
        'auth/forbidden',
        `Others may read or write the key file ${path} (mode ${(mode & 0o777).toString(8)}); take that away with chmod 600, and change the secrets if others use this machine`,
      );
    }
    const key = Buffer.from((await handle.readFile('utf8')).trim(), 'base64');
    if (key.length !== keyBytes) throw corrupt(path, 'it does not hold a key; put it back from a backup');
    return key;
  } finally {
    await handle.close();
  }
}

async function makeKey(path: string, secretsPath: string, secrets: ReadonlyMap<string, string>): Promise<Buffer> {
  if (secrets.size > 0) {
    throw corrupt(
      path,
      `the key of ${secretsPath} is missing; put it back from a backup, or remove ${secretsPath} and enter the secrets again`,
    );
  }
  await writeWholeFile(path, `${randomBytes(keyBytes).toString('base64')}\n`, { replace: false, mode: 0o600 });
  const key = await readKey(path);
  if (key === null) throw corrupt(path, 'it vanished while it was made');
  return key;
}

function seal(value: string, key: Buffer, name: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

function unseal(text: string, key: Buffer, name: string, path: string): string {
  const bytes = Buffer.from(text, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    throw corrupt(
      path,
      `secret ${name} does not open with the key beside it; put both back from one backup, or enter it again`,
    );
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

function corrupt(path: string, why: string): Fault {
  return new Fault('data/corrupt', `${path}: ${why}`);
}
