import type { NoticeType } from '#schema/channel-settings.ts';

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;

/** `dead`: given up; nobody sends it again unless somebody asks for it. */
export type DeliveryState = (typeof deliveryStates)[number];

/** What became of an event for one channel. Times are milliseconds since the epoch. */
export interface Delivery {
  /** Its place in the order in which deliveries were made. */
  readonly no: number;
  readonly id: string;
  readonly channelId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly noticeType: NoticeType;
  readonly subscriptionKey: string | null;
  readonly state: DeliveryState;
  readonly tries: number;
  /** When a pending one is tried next, if nothing before it is pending. */
  readonly nextAt: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
