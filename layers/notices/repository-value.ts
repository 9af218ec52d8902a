/** The settings of a subscription of repo_update, and what is shown of its repository. */
export interface RepositoryValue {
  /** Whether new tags are watched themselves, for being moved. */
  readonly autosubscribe: boolean;
  /** Kept for clients: tags are listed, none has to be known. */
  readonly lookuptag: string | null;
  /** The first tags of the list; where there are fewer than `tagcount` says, the others are left out. */
  readonly repotags: readonly string[];
  readonly tagcount: number;
}

/** Characters of the tags that a value shows: it stands in a row that is read with many others. */
const shownTags = 16_384;

/** The value of a repository with these tags, as JSON text. */
export function repositoryValue(
  settings: Pick<RepositoryValue, 'autosubscribe' | 'lookuptag'>,
  tags: ReadonlySet<string>,
): string {
  const repotags: string[] = [];
  let room = shownTags;
  for (const tag of tags) {
    room -= tag.length + 3;
    if (room < 0) break;
    repotags.push(tag);
  }
  const { autosubscribe, lookuptag } = settings;
  const value: RepositoryValue = { autosubscribe, lookuptag, repotags, tagcount: tags.size };
  return JSON.stringify(value);
}

/** The settings in a value; its owner may have written anything. */
export function repositorySettings(value: string | null): Pick<RepositoryValue, 'autosubscribe' | 'lookuptag'> {
  let given: Readonly<Record<string, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(value ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) given = { ...parsed };
  } catch {
    // Taken for one without settings.
  }
  const { autosubscribe, lookuptag } = given;
  return { autosubscribe: autosubscribe === true, lookuptag: typeof lookuptag === 'string' ? lookuptag : null };
}
