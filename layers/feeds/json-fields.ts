/** What a feed reads of a JSON document that anybody may have written. */
export type Json = Readonly<Record<string, unknown>>;

/** An object that is there; null for anything else. */
export function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** A list that is there; an empty one for anything else. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text without blanks around it that is there and has 1 to `longest` characters; null otherwise. NUL is no text for a database. */
export function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string' || value.length > longest || value.includes('\0')) return null;
  return value.trim() || null;
}
