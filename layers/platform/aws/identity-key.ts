import { createHash } from 'node:crypto';
import type { EcrIdentity } from '../ecr-login.ts';

/** The same text for the same identity in a region; of keys it holds a digest. Keys that are replaced are another identity. */
export function identityKey(region: string, identity: EcrIdentity): string {
  if (identity === null) return region;
  const parts =
    'arn' in identity
      ? ['role', identity.arn, identity.externalId]
      : ['keys', identity.accessKeyId, identity.secretAccessKey];
  return createHash('sha256')
    .update(JSON.stringify([region, ...parts]))
    .digest('base64');
}
