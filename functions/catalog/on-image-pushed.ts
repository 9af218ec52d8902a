import { takeMessages } from '../take-messages.ts';

/** Admits pushes to the catalog. */
export const handler = takeMessages('image.pushed');
