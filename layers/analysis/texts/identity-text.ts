/** Longest name or version of a package in a document; real ones stay under 200 characters. */
const maxLength = 512;

/**
 * A name or version as a document states it, without blanks around it; null when it is no text, empty, over 512 characters
 * long or has control characters in it.
 */
export function identityText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > maxLength || /[\p{Cc}\u2028\u2029]/u.test(text) ? null : text;
}
