import { Fault } from '#core/fault.ts';

/**
 * The life of an image in the catalog. `matching` is inside: users see it as `analyzing`, so that an image that says
 * `analyzed` has been judged.
 */
export const imageStates = ['not_analyzed', 'analyzing', 'matching', 'analyzed', 'analysis_failed'] as const;

export type ImageState = (typeof imageStates)[number];

export type ImageEvent = 'claimed' | 'indexed' | 'judged' | 'failed' | 'requeued';

/** From which states an event may come, and where it leads. An event that comes twice finds the state moved and changes nothing. */
export const transitions = {
  /** An analyzer took it. From `analyzing` too: the one that had it died, its message came back. */
  claimed: { from: ['not_analyzed', 'analyzing'], to: 'analyzing' },
  /** The image report is stored. */
  indexed: { from: ['analyzing'], to: 'matching' },
  /** The feeds it needs were asked and it can be judged. */
  judged: { from: ['matching'], to: 'analyzed' },
  /** It cannot be analysed, or was tried too often. */
  failed: { from: ['not_analyzed', 'analyzing', 'matching'], to: 'analysis_failed' },
  /** Somebody asks again: after a failure, or by force. */
  requeued: { from: ['analyzed', 'analysis_failed'], to: 'not_analyzed' },
} as const satisfies Record<ImageEvent, { from: readonly ImageState[]; to: ImageState }>;

/** The state as the v1 API says it. */
export function publicState(state: ImageState): Exclude<ImageState, 'matching'> {
  return state === 'matching' ? 'analyzing' : state;
}

/** The text of a stored state as a state; `data/corrupt` when it is none. */
export function parseState(text: string): ImageState {
  const state = imageStates.find((known) => known === text);
  if (state === undefined) throw new Fault('data/corrupt', `image state '${text}' is not known`);
  return state;
}
