/** Which events are meant; what is left out is not asked for. */
export interface EventFilter {
  /** Name of a type, in which `*` stands for anything. */
  readonly type?: string | undefined;
  readonly level?: string | undefined;
  /** The part of the program that said it. */
  readonly service?: string | undefined;
  readonly resourceType?: string | undefined;
  /** Any of these. */
  readonly resourceIds?: readonly string[] | undefined;
  /** From this moment on, and before that one; milliseconds since the epoch. */
  readonly since?: number | undefined;
  readonly before?: number | undefined;
}

/** The pattern of SQL's `like` for a text in which only `*` is no letter. */
export function likeOf(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
