/** How to log in to a registry. Never shown, never logged. */
export type Credentials =
  | {
      readonly kind: 'basic';
      readonly username: string;
      readonly password: string;
      /** Milliseconds since the epoch from which on they are to be asked for anew; without it they last. */
      readonly until?: number;
      /** What a user can do when the registry refuses them. */
      readonly advice?: string;
    }
  /** A refresh token that the token server exchanges (`docker login` with a web flow, ACR). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** A bearer token to be sent as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };
