import type { ChannelType, NoticeType } from '#schema/channel-settings.ts';

/** A channel that an account has set up, without what is secret of it. Times are milliseconds since the epoch. */
export interface AccountChannel {
  readonly id: string;
  readonly account: string;
  /** Unique in the account. */
  readonly name: string;
  readonly type: ChannelType;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where it leads, for people. */
  readonly target: string;
  /** What it is sent; null: everything. */
  readonly noticeTypes: readonly NoticeType[] | null;
  /** Of events that nobody has a subscription for, those of these levels. */
  readonly levels: readonly ('info' | 'error')[];
  /** False: it hears of nothing new, and what is pending waits. */
  readonly enabled: boolean;
  /** How often in a row nothing of what was sent arrived. */
  readonly failures: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
