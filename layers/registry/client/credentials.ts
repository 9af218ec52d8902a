import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import { dockerConfig } from '#schema/oci.ts';
import type { Credentials } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import { parseDocument } from '../image/document.ts';

/**
 * The credentials for a repository of a registry (by the registry's name: `docker.io`, not its API host); null when there
 * are none. `refused` are those given before, when the registry did not take them: whoever can get newer ones does so, all
 * others give the same again. A fault that may pass (`retry`) passes through; what else is thrown is told to the user only
 * if the registry refuses to answer without credentials.
 */
export type FindCredentials = (
  registry: string,
  repository: string,
  refused?: Credentials,
) => Promise<Credentials | null>;

/** The first credentials that any of these finds. */
export function firstCredentials(...finders: readonly FindCredentials[]): FindCredentials {
  return async (registry, repository, refused) => {
    for (const find of finders) {
      const found = await find(registry, repository, refused);
      if (found !== null) return found;
    }
    return null;
  };
}

const largestConfig = 4 * 1024 * 1024;

/**
 * Credentials of `config.json` in docker's folder (`~/.docker`, or what DOCKER_CONFIG names): a helper for the registry,
 * then the credential store, then what the file holds itself. No file, no credentials. Podman's keys with a path
 * (`quay.io/org`) count for the repositories below, the longest first. The file is read at each call, so that a login
 * during a long run counts.
 */
export function dockerCredentials(folder: string): FindCredentials {
  return async (registry, repository) => {
    const file = join(folder, 'config.json');
    const config = await readConfig(file);
    if (config === null) return null;
    const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
    const helper = config.credHelpers?.[registry] ?? config.credHelpers?.[server] ?? config.credsStore;
    const kept = helper ? await askHelper(helper, server, file) : null;
    return kept ?? fromFile(config, registry, repository, file);
  };
}

type Config = ReturnType<typeof dockerConfig.parse>;

async function readConfig(file: string): Promise<Config | null> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) return null;
  if (found.size > largestConfig) throw new Fault('input/invalid', `'${file}' is larger than ${largestConfig} bytes`);
  try {
    return parseDocument(await readFile(file), dockerConfig, `'${file}'`).value;
  } catch (cause) {
    const why = cause instanceof Fault ? cause.message : `'${file}' cannot be read`;
    throw new Fault('input/invalid', why, { cause });
  }
}

function fromFile(config: Config, registry: string, repository: string, file: string): Credentials | null {
  const wanted = `${registry}/${repository}`;
  const entries = Object.entries(config.auths ?? {})
    .map(([key, entry]) => ({ name: keyName(key), entry }))
    .filter(({ name }) => wanted === name || wanted.startsWith(`${name}/`))
    .sort((a, b) => b.name.length - a.name.length);
  for (const { entry } of entries) {
    if (entry.registrytoken) return { kind: 'registry-token', token: entry.registrytoken };
    if (entry.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
    if (entry.username && entry.password) return { kind: 'basic', username: entry.username, password: entry.password };
    if (entry.auth) return decodeAuth(entry.auth, registry, file);
  }
  return null;
}

/** Keys are hosts, hosts with a path, or URLs as old clients wrote them: `https://index.docker.io/v1/`. */
function keyName(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const host = bare.replace(/\/v[12]$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

/** `auth` is base64 of `user:password`; the password may hold colons. */
function decodeAuth(auth: string, registry: string, file: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon <= 0)
    throw new Fault('input/invalid', `'${file}' has an 'auth' for ${registry} that is not base64 of user:password`);
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1)];
  // ACR's way of writing an identity token down as a password.
  if (username === '00000000-0000-0000-0000-000000000000') return { kind: 'identity-token', token: password };
  return { kind: 'basic', username, password };
}
