/** A mail server as somebody writes it down. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte on; `starttls`: asked for and insisted on; `none`: nothing is encrypted. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** False: whatever certificate it shows is taken. */
  readonly verify: boolean;
  /** Null: it lets everybody send. */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** True: only addresses of the public internet are called (`publicOnly` of fetch.ts). */
  readonly publicOnly: boolean;
  /** Milliseconds for all of it. */
  readonly timeout: number;
}

/** A message in two forms for people. Addresses are `name@example.com` alone; headers hold no line breaks, whatever the texts have. */
export interface MailMessage {
  /** The same for the same message, sent again: becomes its Message-ID. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** `refused`: the server will not take it as it is (5xx); `failed`: it may later. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Hands a message to a mail server: sent when it took it for one recipient at least. The reason of a failure holds no password. */
export type SendMail = (server: MailServer, message: MailMessage) => Promise<MailOutcome>;
