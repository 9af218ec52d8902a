/** How a parameter's text in a bundle becomes a value. */
export interface ParameterType<T> {
  /** A word for people and for the policy spec: `string`, `integer`, `comma-separated list`, ... */
  readonly name: string;
  /** JSON Schema of the texts: what editors of bundles may check by. `parse` may refuse more. */
  readonly schema: { readonly type: 'string'; readonly pattern?: string; readonly enum?: readonly string[] };
  /** The value, or why the text is none: one sentence that says what is accepted. */
  parse(
    text: string,
  ): { readonly kind: 'value'; readonly value: T } | { readonly kind: 'invalid'; readonly reason: string };
}
