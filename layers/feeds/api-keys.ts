import type { Secrets } from '#platform/secrets.ts';
import type { ApiKey, PoliteWorld } from './polite-fetch.ts';

/**
 * Keys for upstreams' APIs: of the environment of a program that somebody runs (`NVD_API_KEY`, `GITHUB_TOKEN`), else the secrets
 * `feeds/nvd` and `feeds/github`.
 */
export function apiKeys(
  secrets: Pick<Secrets, 'get'>,
  environment: Readonly<Record<string, string | undefined>> = {},
): PoliteWorld['key'] {
  return async (name) => environment[variables[name]] || (await secrets.get(`feeds/${name}`)) || null;
}

const variables: Readonly<Record<ApiKey, string>> = { nvd: 'NVD_API_KEY', github: 'GITHUB_TOKEN' };
