import { takeMessages } from '../take-messages.ts';

/** Asks registries about watched tags and repositories. */
export const handler = takeMessages('watch.due');
