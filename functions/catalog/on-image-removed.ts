import { takeMessages } from '../take-messages.ts';

/** Notes deletions in registries. */
export const handler = takeMessages('image.removed');
