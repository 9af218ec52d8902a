import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { cisDocker } from './bundles/cis-docker.ts';
import { nist800190 } from './bundles/nist-800-190.ts';
import { strict } from './bundles/strict.ts';
import { defaultBundle } from './default-bundle.ts';

/** A bundle that comes with Plimsoll. */
export interface OwnBundle {
  readonly name: string;
  readonly bundle: PolicyBundle;
}

/** Every bundle that comes with Plimsoll, the one of new accounts first; to be used as they are, or to begin with. */
export const bundles: readonly OwnBundle[] = [
  { name: 'default', bundle: defaultBundle },
  { name: 'strict', bundle: strict },
  { name: 'cis-docker', bundle: cisDocker },
  { name: 'nist-800-190', bundle: nist800190 },
];
