import * as z from 'zod';

const image = { account: z.string().min(1).max(128), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) };

/** With it an image ends a page of a renewal of all verdicts of its account: the next page is to be sent. */
const onward = z.number().int().nonnegative().optional();

/** Every message on a queue or bus. At-least-once: whoever takes one must give the same result twice. */
export const event = z.discriminatedUnion('kind', [
  /** A registry or user says that a reference holds an image since `at` (milliseconds since the epoch). */
  z.object({
    kind: z.literal('image.pushed'),
    account: image.account,
    reference: z.string().min(1).max(1024),
    at: z.number().int().nonnegative(),
    /** The tag is to be watched from now on. */
    autosubscribe: z.boolean().optional(),
  }),
  /** A registry says that it deleted a tag (the reference names one) or everything of a digest at `at`. */
  z.object({
    kind: z.literal('image.removed'),
    account: image.account,
    reference: z.string().min(1).max(1024),
    at: z.number().int().nonnegative(),
  }),
  /** An image of the catalog is to be analysed. */
  z.object({ kind: z.literal('image.queued'), ...image }),
  /** The image report is stored; judge it. */
  z.object({ kind: z.literal('image.analyzed'), ...image, onward }),
  /** The image can be judged; evaluate it under each of its tags. */
  z.object({ kind: z.literal('image.matched'), ...image, onward }),
  /** Something happened in an account, or a notice of it is to be sent again, from `notBefore` on (milliseconds since the epoch). */
  z.object({
    kind: z.literal('notice.raised'),
    account: image.account,
    notBefore: z.number().int().nonnegative().optional(),
  }),
  /** Registries are to be asked about the watched tags and repositories whose turn it is. `timer`: only the time has passed. */
  z.object({ kind: z.literal('watch.due'), timer: z.boolean().optional() }),
]);

export type Event = z.infer<typeof event>;

export type EventKind = Event['kind'];

export type EventOf<K extends EventKind> = Extract<Event, { kind: K }>;
