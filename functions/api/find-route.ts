import type { Route } from './route.ts';

/** The route of a request, or why there is none. */
export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'unknown-path' }
  /** `allow`: the methods that the path has (RFC 9110, 10.2.1). */
  | { readonly kind: 'unknown-method'; readonly allow: string }
  | { readonly kind: 'options'; readonly allow: string };

/**
 * Finds a route as the original's rewriter did: with and without `/v1`, slashes at the end ignored, `%3A` and `%2F` decoded
 * after splitting. Literal parts win over parameters.
 */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  const parts = pathParts(path);
  if (parts === null) return { kind: 'unknown-path' };
  const matches = routes.flatMap((route) => {
    const params = matchPath(route, parts);
    return params === null ? [] : [{ kind: 'route' as const, route, params }];
  });
  if (matches.length === 0) return { kind: 'unknown-path' };
  const asked = method === 'HEAD' ? 'GET' : method;
  const fitting = matches.filter(({ route }) => route.method === asked);
  fitting.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  return fitting[0] ?? { kind: method === 'OPTIONS' ? 'options' : 'unknown-method', allow: allowed(matches) };
}

/** The parts of a path as sent, decoded, without the version that may stand before them; null for what is no path. */
export function pathParts(path: string): readonly string[] | null {
  try {
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
    // No name holds NUL, and PostgreSQL takes it in no text.
    return parts.some((part) => part.includes('\0')) ? null : parts.slice(parts[0] === 'v1' ? 1 : 0);
  } catch {
    return null;
  }
}

function allowed(matches: readonly { readonly route: Route }[]): string {
  const methods = new Set(matches.map(({ route }) => route.method));
  return [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function matchPath(route: Route, parts: readonly string[]): Record<string, string> | null {
  const own = [...parts];
  const wanted = route.path.split('/').filter(Boolean);
  if (route.rest === true && own.length > wanted.length) own.push(own.splice(wanted.length - 1).join('/'));
  if (wanted.length !== own.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    if (part.startsWith('{')) params[part.slice(1, -1)] = own[at]!;
    else if (part !== own[at]) return null;
  }
  return params;
}
