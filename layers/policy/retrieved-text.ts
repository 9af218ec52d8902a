import type { Facts } from './gate.ts';

/** The text of a file that was kept when the image was analyzed; null when it was not. Bytes that are no UTF-8 become U+FFFD. */
export function retrievedText({ image }: Facts, path: string): string | null {
  const file = image.details.retrievedFiles.find((one) => one.path === path);
  return file === undefined ? null : Buffer.from(file.content, 'base64').toString('utf8');
}
