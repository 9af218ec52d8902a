/** Which tags: `*` stands for any text, in `exclude` also `?` and `[...]`. */
export interface TagPattern {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** What is put away by itself, and what of that is deleted by itself. Times are milliseconds since the epoch. */
export interface ArchiveRule {
  readonly ruleId: string;
  readonly account: string;
  readonly transition: 'archive' | 'delete';
  /** For every account, not only for its own. */
  readonly systemGlobal: boolean;
  readonly selector: TagPattern;
  /** A pattern with an empty part excludes nothing. */
  readonly exclude: TagPattern;
  /** Until an image is this many days old; -1: for ever. */
  readonly excludeDays: number;
  /** Images older than this many days: since the analysis or, to delete, since it was archived; -1: of any age. */
  readonly ageDays: number;
  /** Images to whose tag this many newer ones came since; -1: any. */
  readonly versionsNewer: number;
  /** In place of all the above: the oldest images of an account above this number; null: not asked. */
  readonly maxImages: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
