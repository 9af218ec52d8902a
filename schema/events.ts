import { z } from 'zod';

const image = { account: z.string(), digest: z.string() };

/** Every message on a queue or bus. At-least-once: whoever takes one must give the same result twice. */
export const events = {
  /** A registry or user says that this reference holds an image. */
  'image.pushed': z.object({
    kind: z.literal('image.pushed'),
    account: z.string(),
    reference: z.string(),
    digest: z.string().nullable(),
  }),
  /** An image of the catalog is to be analysed. */
  'image.queued': z.object({ kind: z.literal('image.queued'), ...image }),
  /** The image report is stored; judge it. */
  'image.analyzed': z.object({ kind: z.literal('image.analyzed'), ...image }),
  /** The feeds that the image needs are there; evaluate it. */
  'image.matched': z.object({ kind: z.literal('image.matched'), ...image }),
} as const;

export type Event = z.infer<(typeof events)[keyof typeof events]>;

export const event = z.discriminatedUnion('kind', [
  events['image.pushed'],
  events['image.queued'],
  events['image.analyzed'],
  events['image.matched'],
]);
