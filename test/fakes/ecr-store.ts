import type { Digest } from '#core/digest.ts';
import type { Built } from '#test/support/image-builder.ts';

/** A manifest that a repository of the fake holds. */
export interface StoredImage {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly subject: string | null;
  readonly bytes: Buffer;
  readonly size: number;
  readonly layers: readonly Digest[];
  readonly pushedAt: number;
  status: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
}

/** A repository of the fake; as the registry server reads it, and as the API describes it. */
export interface StoredRepository {
  readonly tags: Map<string, Digest>;
  readonly blobs: Map<Digest, Buffer>;
  readonly images: Map<Digest, StoredImage>;
  /** Accounts that the repository policy lets pull, beside its own. */
  readonly pullers: Set<string>;
}

export function emptyRepository(): StoredRepository {
  return { tags: new Map(), blobs: new Map(), images: new Map(), pullers: new Set() };
}

/** Pushes an image or index: its blobs, then each manifest below it without a tag, then itself under its tag. */
export function push(repository: StoredRepository, built: Built, pushedAt: number): void {
  for (const child of built.manifests) push(repository, { ...child, tag: null }, pushedAt);
  for (const [digest, bytes] of built.blobs) repository.blobs.set(digest, bytes);
  const manifest = JSON.parse(built.bytes.toString()) as ManifestFields;
  if (!repository.images.has(built.digest))
    repository.images.set(built.digest, {
      digest: built.digest,
      mediaType: built.mediaType,
      artifactType: manifest.artifactType ?? manifest.config?.mediaType ?? null,
      subject: manifest.subject?.digest ?? null,
      bytes: built.bytes,
      size: (manifest.layers ?? []).reduce((sum, { size }) => sum + size, 0),
      layers: [...(manifest.layers ?? []), ...(manifest.config === undefined ? [] : [manifest.config])].map(
        ({ digest }) => digest,
      ),
      pushedAt,
      status: 'ACTIVE',
    });
  if (built.tag !== null) repository.tags.set(built.tag, built.digest);
}

interface ManifestFields {
  readonly artifactType?: string;
  readonly config?: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
  readonly layers?: readonly { readonly digest: Digest; readonly size: number }[];
  readonly subject?: { readonly digest: Digest };
}
