import type { Clock } from '#platform/clock.ts';
import type { Fetch } from '#platform/fetch.ts';
import type { SendMail } from '#platform/mail.ts';
import type { Topic } from '#platform/topic.ts';
import type { Shape } from '#schema/api/shape.ts';
import type { ChannelType } from '#schema/channel-settings.ts';
import type { Notice } from './notice.ts';

/** How channels reach what is outside. */
export interface ChannelWorld {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly mail: SendMail;
  /** The topic of an ARN. */
  readonly openTopic: (arn: string) => Topic;
  /** True: addresses that accounts name may be private ones, or this machine. */
  readonly allowPrivate: boolean;
}

/**
 * What became of one try. `failed`: the other side was not there or not well, and may be later. `refused`: it said no to this; asking again
 * helps only if somebody mends something. `retryAfterMs`: how long it wants to be left alone.
 */
export type SendOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly why: string };

/** A way to tell people or programs of a notice. */
export interface Channel<S = unknown> {
  readonly name: ChannelType;
  /** For the support table. */
  readonly summary: string;
  readonly settings: Shape<S>;
  /** Names of settings that are kept as secrets and never shown. */
  readonly secrets: readonly string[];
  /** True: it speaks as the installation itself, so only accounts of administrators may have one. */
  readonly ofInstallation: boolean;
  /** Where it leads, for people; nothing secret. */
  target(settings: S): string;
  /** Whom it speaks to, and so tells a password. */
  host(settings: Partial<S>): string;
  /** Sends a notice once; says what became of it. The same notice may come again. Reasons hold no secret. */
  send(world: ChannelWorld, notice: Notice, settings: S): Promise<SendOutcome>;
}
