import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import type { FindCredentials } from '../client/credentials.ts';
import type { ImageSource } from '../layer-source.ts';

/** What openImage may be told. */
export interface OpenOptions {
  readonly limits: Limits;
  /** `os/arch[/variant]`; when left out: the only one there is, else linux/amd64. */
  readonly platform?: string | undefined;
  /** Speak plain HTTP to registries that are not on this machine too. */
  readonly plainHttp?: boolean | undefined;
  /** Asked once a registry wants credentials; without it every registry is read anonymously. */
  readonly credentials?: FindCredentials | undefined;
  /**
   * A path for a file of this name that does not exist yet; a compressed archive is inflated to it once, and the file is
   * removed when the image is closed. When left out, a new folder in the system's folder for temporary files.
   */
  readonly temporaryFile?: ((name: string) => string | Promise<string>) | undefined;
}

export type OpenedImage = ImageSource & AsyncDisposable;

export type OpenWorld = Pick<Platform, 'fetch' | 'clock'>;

/** What a source is asked to open: `reference` as the user wrote it, `rest` of it behind the prefix. */
export interface SourceRequest {
  readonly reference: string;
  readonly rest: string;
  readonly options: OpenOptions;
}

/** A kind of place that images come from. */
export interface SourceKind {
  /** What stands before the colon; `registry` for a reference without prefix. */
  readonly prefix: string;
  /** Opens one image; throws the Faults of the room. */
  open(world: OpenWorld, request: SourceRequest): Promise<OpenedImage>;
}
