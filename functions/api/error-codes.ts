import { faults } from '#core/fault.ts';

/** What stands in `detail.error_codes`: the original's words for what a client may want to tell apart. */
const originals = [
  ['REGISTRY_PERMISSION_DENIED', 'The registry does not let these credentials read the image'],
  ['REGISTRY_IMAGE_NOT_FOUND', 'The registry does not have the image'],
  ['REGISTRY_NOT_ACCESSIBLE', 'The registry could not be reached'],
  ['REGISTRY_NOT_SUPPORTED', 'What the registry gave is of no form that is read'],
  ['SKOPEO_UNKNOWN_ERROR', 'The image could not be fetched; Plimsoll fetches without skopeo and never says this'],
  ['UNKNOWN', 'The image could not be read, for a reason that the message tells'],
  ['FEED_SYNC_ALREADY_IN_PROGRESS', 'A sync of all feeds is under way'],
  ['OSARCH_MISMATCH', 'The image is not built for a platform that is wanted'],
] as const;

/** Every word that an error answer may carry: those of `detail.error_codes`, then those of `detail.code`. */
export const errorCodes: readonly { readonly name: string; readonly description: string }[] = [
  ...originals.map(([name, description]) => ({ name, description })),
  ...Object.entries(faults).map(([name, { meaning }]) => ({ name, description: meaning })),
];
