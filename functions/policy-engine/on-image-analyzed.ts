import { takeMessages } from '../take-messages.ts';

/** Fetches the feeds that an image needs, and judges it. */
export const handler = takeMessages('image.analyzed');
