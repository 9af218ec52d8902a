/** A way into the database for texts that are too many to be parameters of statements. */
export interface Staging {
  /**
   * Brings each text to where statements can read it, as a chunk with a number, from 0 on. A text is JSON or any other of at most
   * 16 MiB; thousands of them are never in memory together. Null when the database has not been set up for it, which is told in the
   * log with what to do: nothing was taken of the texts then, and they go in as parameters. Throws what the texts throw, `input/invalid`
   * and `input/too-large` for a text that PostgreSQL would not give back as it is, and `sql/*`, `network/*` or `auth/*` for a
   * way that broke: nothing stays staged, and whatever asked for it begins anew.
   */
  stage(texts: AsyncIterable<string>): Promise<Staged | null>;
}

/**
 * Chunks in the database, for as long as the work with them takes, a day at most. A statement reads some of them in order by
 * `select chunk, body from staged(:load::text, :first::int, :last::int)`, which fails as `sql/unavailable` when one is missing.
 * Disposing removes them.
 */
export interface Staged extends AsyncDisposable {
  readonly load: string;
  readonly chunks: number;
}

/** Bytes of UTF-8 that a text may have. */
export const longestStagedText = 16 * 1024 * 1024;
