import type { Authenticator, Sender } from '#access/authenticate.ts';
import type { Action } from '#access/permissions.ts';
import type { Principal } from '#access/principal.ts';
import type { AdmitWorld } from '#catalog/admit-image.ts';
import type { Limits } from '#core/limits.ts';
import type { AskWorld } from '#feeds/ask-for-groups.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import type { ChannelWorld } from '#notices/channel.ts';
import type { Platform } from '#platform/platform.ts';
import type { RegistryAccess } from '#registry/logins/registry-access.ts';
import type { Shape } from '#schema/api/shape.ts';

/** Where the services are, for people. */
export interface ServicePlace {
  /** The machine, or the region of AWS. */
  readonly host: string;
  /** Under which they are reached here; '' where this is not known. */
  url(): string;
  /** What this process uses; null where each request may have a process of its own. */
  readonly process: (() => ProcessFigures) | null;
}

export interface ProcessFigures {
  /** Of processor time, since it started. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Seconds since the epoch. */
  readonly startedAt: number;
}

/** What the API needs of the world. */
export type ApiWorld = Platform &
  SyncWorld &
  AskWorld &
  AdmitWorld & {
    readonly limits: Limits;
    readonly registries: RegistryAccess;
    readonly channels: ChannelWorld;
    readonly place: ServicePlace;
  };

/** A request, whatever carried it: node:http or API Gateway. */
export interface ApiRequest {
  readonly method: string;
  /** Path as sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** All of it, or how it is read once it is known whose it is; throws `input/too-large` above the limit. */
  readonly body: Uint8Array | ((limit: number) => Promise<Uint8Array>);
  /** The network address of whoever sent it; left out where that is not known. */
  readonly address?: string;
  /** By which whoever carried it knows it; in every line of the log. */
  readonly id?: string;
  /** The time by which it must have an answer, of whatever kind; left out where whoever asks waits. */
  readonly until?: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** In pieces where it may be too large to hold; to be read to its end or given back. */
  readonly body: string | AsyncIterable<string | Uint8Array>;
}

/** A file that a route gives in place of JSON. */
export interface Download {
  /** Its media type, and what it is called when it is stored. */
  readonly type: string;
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A request that found its route: parameters decoded, query and body of the declared shapes, sender known. */
export interface Call<Query = unknown, Body = unknown> {
  readonly world: ApiWorld;
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly sender: Sender;
  readonly authenticator: Authenticator;
}

/**
 * A line of the route table. `handle` gives what is sent as JSON; an async iterable gives the JSON text in pieces,
 * undefined an empty body.
 */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in the contract: `/images/{digest}/vuln/{vtype}`, without the `/v1` that may stand before it. */
  readonly path: string;
  /** The last parameter takes the rest of the path, slashes too, as names of registries have them. */
  readonly rest?: true;
  readonly summary: string;
  /**
   * Who may call it: everybody, whoever has signed in, or who has this right in the account: the one that the path names as
   * `{accountname}`, else the one that the request is for.
   */
  readonly access: 'public' | 'user' | Action;
  /** The user that the path names as `{username}` needs no right. */
  readonly ownUser?: true;
  /** An object shape, one key a parameter. Parameters that it does not name are let through unread. */
  readonly query?: Shape<Query>;
  readonly body?: Shape<Body>;
  /** In place of a body: fields of a form, application/x-www-form-urlencoded, or nothing at all. */
  readonly form?: Shape<Body>;
  /** In place of a body: the bytes as they come, of any media type, up to so many. */
  readonly bytes?: number;
  /** The part of a form, multipart/form-data, as which the bytes may come. */
  readonly file?: string;
  /** Of an answer that is no error; 200 when left out. */
  readonly status?: 204;
  /** The media type of an answer that is text and not JSON: what `handle` gives is sent as it is. */
  readonly text?: string;
  /** The media type of an answer that is a file: `handle` gives a {@link Download}. */
  readonly download?: string;
  /** The answer holds a secret: nobody keeps it on the way. */
  readonly secret?: true;
  /** Null: nothing is sent. */
  readonly answer: Shape | null;
  handle(call: Call<Query, Body>): Promise<unknown>;
}

/** A route whose handler sees query and body as their shapes say. */
export function route<Query, Body>(line: Route<Query, Body>): Route {
  return line as Route;
}

/** The same route under several paths. */
export function routesOf<Query, Body>(
  paths: readonly string[],
  line: Omit<Route<Query, Body>, 'path'>,
): readonly Route[] {
  return paths.map((path) => route({ ...line, path } as Route<Query, Body>));
}
