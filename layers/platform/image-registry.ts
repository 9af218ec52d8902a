/** A manifest that a registry holds, as its API describes it: an image, an index, or an artifact beside one. */
export interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch; null when the registry does not say. */
  readonly pushedAt: number | null;
  /** Compressed bytes. */
  readonly size: number;
  /** Of the manifest; empty when the registry does not say. */
  readonly mediaType: string;
  /** Of the config, or the artifact type; empty when the registry does not say, as for indexes. */
  readonly artifactType: string;
  /** The manifest that this one is about (a signature, an attestation). */
  readonly subject: string | null;
  /** Only active ones can be pulled. */
  readonly status: 'active' | 'archived' | 'activating';
}

/** A registry whose API tells more than the distribution-spec does. Throws `registry/*` and `network/*`. */
export interface ImageRegistry {
  /** Names of all repositories, a page at a time, as they are wanted. */
  listRepositories(): AsyncGenerator<string>;
  /** Everything that a repository holds, archived images too, in no order. */
  describeImages(repository: string): AsyncGenerator<RegistryImage>;
}
