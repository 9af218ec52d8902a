import type { Digest } from '#core/digest.ts';

/** An image whose analysis was put away. Times are milliseconds since the epoch. */
export interface ArchivedImage {
  readonly archiveNo: number;
  readonly account: string;
  readonly digest: Digest;
  /** The index it came from, or its own digest. */
  readonly parentDigest: Digest;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whoever deletes one sees `deleting` only as long as that takes: nothing is left then. */
  readonly status: 'archiving' | 'archived' | 'deleting';
  /** Bytes of the archive; null until it was stored once. */
  readonly size: number | null;
  readonly analyzedAt: number;
  /** Since when the status is what it is. */
  readonly since: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A tag that pointed to an archived image, and since when it last did. */
export interface ArchivedTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly detectedAt: number;
}
