/** Bounds of a parsed JSON document. */
export interface DocumentLimits {
  readonly depth: number;
  readonly values: number;
  /** Characters of all texts and keys together. */
  readonly characters: number;
}

/** Which bound a parsed JSON document passes, as words; null when it keeps them all. Walks without recursion. */
export function excessOf(document: unknown, limits: DocumentLimits): string | null {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: document, depth: 0 }];
  let values = 0;
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++values > limits.values) return `more than ${limits.values} values`;
    const { value, depth } = next;
    if (typeof value === 'string') characters += value.length;
    if (typeof value === 'object' && value !== null) {
      if (depth >= limits.depth) return `nested deeper than ${limits.depth} levels`;
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) characters += key.length;
        waiting.push({ value: inner, depth: depth + 1 });
      }
    }
    if (characters > limits.characters) return `more than ${limits.characters} characters of text`;
  }
  return null;
}
