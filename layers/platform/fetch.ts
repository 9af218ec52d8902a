/** One outgoing HTTP request. */
export interface FetchRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Milliseconds until the headers of the answer must be there; 30,000 when left out. */
  readonly timeout?: number;
  /** True: whatever certificate the other side shows is taken. For registries and channels that an account has set so, and nothing else. */
  readonly anyCertificate?: boolean;
  /**
   * True: only addresses of the public internet are called, checked where the connection is made; others are `network/refused`. For
   * addresses that a tenant names. Behind a proxy the proxy finds the address, and has to refuse it.
   */
  readonly publicOnly?: boolean;
}

/**
 * Outgoing HTTP, the only one in the program. Redirects are answers (3xx), never followed here: {@link send} follows them. Link-local and
 * metadata addresses (169.254.0.0/16, fd00:ec2::254, ...) are refused with `network/refused` however they are named; a
 * connection that fails is `network/unreachable`; with the network off every call is `network/offline`. Any HTTP status is a Response.
 */
export type Fetch = (url: string, request?: FetchRequest) => Promise<Response>;
