import type { Analyzer } from '../analyzer.ts';
import { byteOrder } from '../programs/byte-order.ts';

/** Regular files that run as their owner or their group (setuid, setgid), under each of their names. */
export const fileSuids: Analyzer = {
  name: 'file-suids',
  reads: 'files with setuid or setgid',
  version: 1,
  wants: () => false,
  read: () => [],
  assemble: () => [],
  describe(view) {
    const privilegedFiles: { path: string; mode: number }[] = [];
    for (const { path, type, mode } of view.files()) {
      if ((type === 'file' || type === 'hardlink') && (mode & 0o6000) !== 0)
        privilegedFiles.push({ path: `/${path}`, mode });
    }
    return { privilegedFiles: privilegedFiles.sort((a, b) => byteOrder(a.path, b.path)) };
  },
};
