/** Secrets by name (`[A-Za-z0-9._/-]{1,200}`); values are text of at most 64 KiB, encrypted at rest, never logged. */
export interface Secrets {
  /** The value, or null when there is none. */
  get(name: string): Promise<string | null>;
  /** Stores or replaces a value. */
  put(name: string, value: string): Promise<void>;
  /** Removes a value; nothing happens when there is none. */
  delete(name: string): Promise<void>;
  /** Names that begin with the prefix, sorted. Never values. */
  list(prefix: string): Promise<readonly string[]>;
}
