import type { NoticeType } from '#schema/channel-settings.ts';
import type { LoggedEvent } from './logged-event.ts';

/** Something that happened, for one channel. Times are milliseconds since the epoch. */
export interface Notice {
  /** Of the delivery: the same when it is sent again. */
  readonly id: string;
  readonly account: string;
  readonly email: string | null;
  readonly type: NoticeType;
  /** Tries that failed before this one. */
  readonly tries: number;
  readonly createdAt: number;
  /** When this try began. */
  readonly now: number;
  readonly event: NoticeEvent;
}

/** The event that it tells of. */
export interface NoticeEvent extends LoggedEvent {
  /** `registry/repository:tag` of the subscription that hears of it; null when nobody has one for it. */
  readonly subscriptionKey: string | null;
}
