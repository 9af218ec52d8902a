/** A command line, what the server answers to it, what it must be asked, and what people see. */
export interface Row {
  readonly says: string;
  readonly argv: readonly string[];
  readonly answers: Readonly<Record<string, unknown>>;
  /** Lines of the requests, `GET /v1/images`, in their order. */
  readonly asks: readonly string[];
  /** Body of the last request. */
  readonly body?: unknown;
  /** In what is printed, white space as it is. */
  readonly shows?: readonly (string | RegExp)[];
  /** In what stderr says. */
  readonly complains?: RegExp;
  readonly stdin?: string;
  readonly code?: number;
}

/** A digest that is easy to read in a test. */
export const digest = `sha256:${'a1'.repeat(32)}`;
export const otherDigest = `sha256:${'b2'.repeat(32)}`;
export const imageId = 'c3'.repeat(32);

/** A digest as it stands in a path. */
export const inPath = (text: string) => text.replace(':', '%3A');
