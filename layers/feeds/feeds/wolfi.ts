import type { Feed } from '../feed.ts';
import { rollingSecdb } from '../secdb/rolling-secdb.ts';

/** Wolfi's security database. Its terms are no open licence: nothing is fetched before somebody has accepted them. */
export const wolfi: Feed = rollingSecdb({
  name: 'wolfi',
  version: 1,
  licence: {
    name: 'CC BY-NC-ND 4.0, and what Chainguard allows scanners',
    url: 'https://github.com/chainguard-dev/vulnerability-scanner-support',
  },
  url: 'https://packages.wolfi.dev/os/security.json',
  urlOf: (id) => `https://images.chainguard.dev/security/${encodeURIComponent(id)}`,
});
