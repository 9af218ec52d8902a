import type { Limits } from '#core/limits.ts';
import type { FindEcrLogin } from '#platform/ecr-login.ts';
import type { Platform } from '#platform/platform.ts';
import type { Fetch } from '#platform/fetch.ts';
import { type FindCredentials, firstCredentials } from '../client/credentials.ts';
import { type RegistryClient, registryClient } from '../client/registry-client.ts';
import { defaultPlatforms, type WantedPlatforms } from '../image/image-platform.ts';
import { type ResolvedImages, resolveImages } from '../image/resolve-images.ts';
import { parseReference } from '../reference.ts';
import { registry } from '../sources/open-registry.ts';
import { registryContent } from '../sources/registry-content.ts';
import type { OpenedImage } from '../sources/source-kind.ts';
import { accountCredentials } from './account-credentials.ts';
import { findRegistry } from './registry-store.ts';
import { type RegistryTrial, tryRegistry } from './try-registry.ts';
import { unverifiedRegistry } from './unverified-registry.ts';

export interface RegistryAccessOptions {
  readonly limits: Limits;
  readonly temporaryFile: (name: string) => string;
  readonly findEcrLogin: FindEcrLogin;
  /** What the installation itself logs in with, where an account has no registry that fits. */
  readonly own: FindCredentials;
  /** Which images of an index are wanted; `defaultPlatforms` when left out. */
  readonly platforms?: WantedPlatforms;
}

/** How long a registry is waited for. */
export interface Manners {
  /** How often a call is tried. */
  readonly attempts: number;
  /** Milliseconds until an answer begins. */
  readonly patienceMs: number;
}

/** Registries as the accounts of this installation reach them. */
export interface RegistryAccess {
  /** Every wanted image of what a reference points to. */
  openImages(reference: string, options: { readonly account: string }): Promise<ResolvedImages>;
  /** Opens an image of a registry. */
  openImage(reference: string, options: { readonly account: string; readonly platform?: string }): Promise<OpenedImage>;
  /** A client of the registry that a repository of an account lies in. */
  clientOf(account: string, registry: string, repository: string, manners?: Manners): Promise<RegistryClient>;
  /** Logs in to a registry that is to be stored; throws `registry/unusable`. */
  tryLogin(trial: RegistryTrial): Promise<void>;
}

/**
 * The one place that says who logs in where: the most specific registry of the account, else what the installation has. `world.fetch` is
 * the one for registries.
 */
export function registryAccess(
  world: Pick<Platform, 'sql' | 'secrets' | 'clock' | 'fetch'>,
  { limits, temporaryFile, findEcrLogin, own, platforms = defaultPlatforms }: RegistryAccessOptions,
): RegistryAccess {
  const credentialsOf = (account: string) => firstCredentials(accountCredentials(world, account, findEcrLogin), own);
  const reach = async (account: string, host: string, repository: string) => {
    const found = await findRegistry(world, account, host, repository);
    if (found?.verify !== false) return { fetch: world.fetch, plainHttp: null };
    return await unverifiedRegistry(world.fetch, host);
  };
  /** How a reference is opened: by whom, and whether its registry is trusted. */
  const opening = async (reference: string, account: string) => {
    const named = parseReference(reference);
    const { fetch, plainHttp } = await reach(account, named.registry, named.repository);
    const credentials = credentialsOf(account);
    return {
      registryWorld: { clock: world.clock, fetch },
      options: { limits, plainHttp: plainHttp === true, credentials, temporaryFile },
    };
  };
  return {
    async openImage(reference, { account, platform }) {
      const { registryWorld, options } = await opening(reference, account);
      return registry.open(registryWorld, { reference, rest: reference, options: { ...options, platform } });
    },
    async openImages(reference, { account }) {
      const { registryWorld, options } = await opening(reference, account);
      const { root, content } = await registryContent(registryWorld, reference, options);
      return resolveImages(content, root, platforms, { reference, limits });
    },
    async clientOf(account, host, repository, manners) {
      const { fetch, plainHttp } = await reach(account, host, repository);
      const options = { registry: host, credentials: credentialsOf(account), plainHttp, limits };
      if (manners === undefined) return registryClient({ clock: world.clock, fetch }, options);
      const { attempts, patienceMs: timeout } = manners;
      const hasty: Fetch = (url, request) => fetch(url, { timeout, ...request });
      return registryClient({ clock: world.clock, fetch: hasty }, { ...options, sending: { attempts } });
    },
    tryLogin: (trial) => tryRegistry(world, findEcrLogin, trial),
  };
}
