import { defaultLimits } from '#core/limits.ts';
import type { Analyzer, FoundPackage } from '#analysis/analyzer.ts';
import { byteOrder } from '#analysis/programs/byte-order.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';

/** A file of a test: content, or content with permission bits (0o644 when left out). */
export type TestFile = string | Uint8Array | { readonly bytes: string | Uint8Array; readonly mode: number };

/** Runs one analyzer over files by path, as one layer without links; notes are `path: problem`. */
export function analyzeFiles(
  analyzer: Analyzer,
  files: Readonly<Record<string, TestFile>>,
): { readonly packages: readonly FoundPackage[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const facts = Object.entries(files).flatMap(([path, file]) => {
    const { bytes, mode } =
      typeof file === 'string' || file instanceof Uint8Array ? { bytes: file, mode: 0o644 } : file;
    const content = memoryAccess(Buffer.from(bytes));
    if (!analyzer.wants(path, content.size, mode)) return [];
    const read = [];
    try {
      for (const fact of analyzer.read({ path, size: content.size, mode, content, limits: defaultLimits }))
        read.push(fact);
    } catch (thrown) {
      notes.push(`${path}: ${(thrown as Error).message}`);
    }
    return read.length === 0 ? [] : [{ path, facts: read }];
  });
  facts.sort((a, b) => byteOrder(a.path, b.path));
  const packages = analyzer.assemble({
    distro: null,
    facts,
    resolve: (path) => (path in files ? path : null),
    lookup: () => null,
    files: () => [],
    found: () => false,
    note: (path, problem) => notes.push(`${path}: ${problem}`),
  });
  return { packages: [...packages], notes };
}
