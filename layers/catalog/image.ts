import type { Digest } from '#core/digest.ts';
import type { BaseImage } from '#schema/image-report.ts';
import type { ImageState } from './lifecycle.ts';

/** An image of an account. Times are milliseconds since the epoch. */
export interface Image {
  readonly imageNo: number;
  readonly account: string;
  readonly digest: Digest;
  /** The index that it came from, the last of several, or its own digest. */
  readonly parentDigest: Digest;
  /** Config digest without `sha256:`. */
  readonly imageId: string;
  readonly platform: string;
  /** `registry/repository@digest`. */
  readonly pullReference: string;
  readonly state: ImageState;
  readonly status: 'active' | 'deleting';
  /** Why the last analysis failed, or an attempt at the one that is on its way. */
  readonly failure: string | null;
  readonly attempts: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Blob key of the Dockerfile that was given with it. */
  readonly dockerfile: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly analyzedAt: number | null;
  /** Since when no registry that is known of has it any more; null while one has. */
  readonly removedAt: number | null;
  /** What analysis found; null before it. */
  readonly content: ImageContent | null;
}

export interface ImageContent {
  /** Blob key of the image report. */
  readonly report: string;
  readonly size: number;
  readonly layerCount: number;
  readonly arch: string;
  readonly distro: string | null;
  readonly distroVersion: string | null;
  readonly namespace: string | null;
  /** What it was built on, as the account's images told it when it was analyzed. */
  readonly base: BaseImage | null;
}

/** A tag and the image that it led to since `detectedAt`; where it is recorded, the image or index that it points to. */
export interface Tag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly detectedAt: number;
}

/** The image or index that a tag points to since a moment; null: nothing. */
export interface TagMove {
  readonly digest: Digest | null;
  readonly detectedAt: number;
}
