/** The number of a test in the document's contents, or an operator and what stands under it; each with whether it is negated. */
export type WrittenCriteria =
  | readonly [negated: 0 | 1, test: number]
  | readonly [negated: 0 | 1, operator: 'all' | 'any', of: readonly WrittenCriteria[]];
