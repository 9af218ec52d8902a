import type { Feed } from '../feed.ts';
import { rollingSecdb } from '../secdb/rolling-secdb.ts';

/** The security database of MinimOS (https://www.minimus.io). */
export const minimos: Feed = rollingSecdb({
  name: 'minimos',
  version: 1,
  url: 'https://packages.mini.dev/advisories/secdb/security.json',
  urlOf: (id) => `https://images.minimus.io/vulnerabilities/${encodeURIComponent(id)}`,
});
