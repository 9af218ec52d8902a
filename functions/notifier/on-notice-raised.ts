import { takeMessages } from '../take-messages.ts';

/** Delivers what happened in an account to its channels. */
export const handler = takeMessages('notice.raised');
