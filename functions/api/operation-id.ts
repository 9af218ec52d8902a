import type { Route } from './route.ts';

/** The version of the API, not of Plimsoll: clients of the original ask for 0.1.6 or newer and speak 0.1.20. */
export const apiVersion = '0.1.20';

/** `GET /images/{digest}/vuln` is `get_images_digest_vuln`, in every description of the API. */
export function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const parts = path.split(/[/{}.-]+/).filter(Boolean);
  return [method.toLowerCase(), ...(parts.length === 0 ? ['root'] : parts)].join('_');
}
