import { takeMessages } from '../take-messages.ts';

/** Evaluates an image that was judged under each of its tags. */
export const handler = takeMessages('image.matched');
