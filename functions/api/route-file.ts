import { pathParts } from './find-route.ts';
import type { Route } from './route.ts';

/** Routes that are loaded together, with the first request whose path begins as theirs do. */
export interface RouteFile {
  /** How its paths begin, in whole parts: `/system` begins `/system/feeds` too. `/` begins only itself. */
  readonly under: readonly string[];
  load(): Promise<readonly Route[]>;
}

/** The routes that a path as sent may be one of; loads the files that have them. */
export async function routesAt(files: readonly RouteFile[], path: string): Promise<readonly Route[]> {
  const parts = pathParts(path) ?? [];
  const wanted = files.filter(({ under }) => under.some((start) => begins(start, parts)));
  return loaded(wanted);
}

/** Every route of a table: for what describes the API, not for what answers requests. */
export function allRoutes(files: readonly RouteFile[]): Promise<readonly Route[]> {
  return loaded(files);
}

function begins(start: string, parts: readonly string[]): boolean {
  if (start === '/') return parts.length === 0;
  return pathParts(start)!.every((part, at) => part === parts[at]);
}

async function loaded(files: readonly RouteFile[]): Promise<readonly Route[]> {
  return (await Promise.all(files.map((file) => file.load()))).flat();
}
