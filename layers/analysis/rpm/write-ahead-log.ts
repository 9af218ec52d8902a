import type { RandomAccess } from '../analyzer.ts';
import { viewOf } from './row.ts';

const magics: readonly number[] = [0x377f0682, 0x377f0683];

/**
 * The number of committed pages in an SQLite write-ahead log (https://www.sqlite.org/fileformat2.html#walformat): frames of
 * the current generation up to the last one that ends a transaction. 0 for an empty log, or one that was never committed to.
 */
export function committedPages(content: RandomAccess): number {
  const head = content.read(0, 32);
  if (head.length < 32) return 0;
  const view = viewOf(head);
  const pageSize = view.getUint32(8);
  if (!magics.includes(view.getUint32(0)) || pageSize < 512 || pageSize > 65536) return 0;
  let committed = 0;
  for (let frame = 1; ; frame++) {
    const start = 32 + (frame - 1) * (24 + pageSize);
    const bytes = content.read(start, 24);
    if (bytes.length < 24 || start + 24 + pageSize > content.size) return committed;
    const header = viewOf(bytes);
    // Frames behind these are left over from before the log was begun anew.
    if (header.getUint32(8) !== view.getUint32(16) || header.getUint32(12) !== view.getUint32(20)) return committed;
    if (header.getUint32(4) !== 0) committed = frame;
  }
}
