import type { Principal } from '#access/principal.ts';
import type { AdmitWorld } from '#catalog/admit-image.ts';
import type { Limits } from '#core/limits.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import type { Platform } from '#platform/platform.ts';

/** What the API needs of the world. */
export type ApiWorld = Platform & SyncWorld & AdmitWorld & { readonly limits: Limits };

/** A request, whatever carried it: node:http or API Gateway. */
export interface ApiRequest {
  readonly method: string;
  /** Path as sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that found its route: parameters decoded, sender known. */
export interface Call {
  readonly world: ApiWorld;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body as JSON; throws `input/invalid` when it is none. */
  json(): unknown;
}

/** A line of the route table. `handle` gives what is sent as JSON with 200. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in the contract: `/images/{digest}/vuln/{vtype}`, without the `/v1`. */
  readonly path: string;
  readonly summary: string;
  readonly access: 'public' | 'user' | 'admin';
  /** True for what stands at the root and has no `/v1` form. */
  readonly atRoot?: boolean;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answer: unknown;
  handle(call: Call): Promise<unknown>;
}
