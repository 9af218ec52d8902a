import type { Digest } from '#core/digest.ts';

/** What may be uploaded for an image. */
export const importKinds = ['packages', 'dockerfile', 'manifest', 'parent_manifest', 'image_config'] as const;

export type ImportKind = (typeof importKinds)[number];

/** What an image cannot be made without. */
export const requiredKinds: readonly ImportKind[] = ['packages', 'manifest', 'image_config'];

/**
 * `pending`: parts are uploaded; `processing`: it is being made an image; `complete`; `failed`: the image could not be made; `expired`: nobody
 * ended it in time; `invalidated`: somebody gave it up.
 */
export type ImportStatus = 'pending' | 'processing' | 'complete' | 'failed' | 'expired' | 'invalidated';

/** The digests of the parts that an image is made of: hex, by kind. */
export type ImportContents = Readonly<Partial<Record<ImportKind, string>>>;

/** An image that is told of part by part. Times are milliseconds since the epoch. */
export interface ImportOperation {
  readonly id: string;
  readonly account: string;
  readonly status: ImportStatus;
  readonly imageDigest: Digest | null;
  readonly contents: ImportContents | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
}

/** Under which a part lies in the blob store. */
export function importBlob(operation: string, kind: ImportKind, digest: string): string {
  return `imports/${operation}/${kind}/${digest}`;
}
