import type { Feed } from '../feed.ts';
import { rollingSecdb } from '../secdb/rolling-secdb.ts';

/** The security database of Chainguard's images: its own packages and Wolfi's. Under the same terms as Wolfi's. */
export const chainguard: Feed = rollingSecdb({
  name: 'chainguard',
  version: 1,
  licence: {
    name: 'CC BY-NC-ND 4.0, and what Chainguard allows scanners',
    url: 'https://github.com/chainguard-dev/vulnerability-scanner-support',
  },
  url: 'https://packages.cgr.dev/chainguard/security.json',
  urlOf: (id) => `https://images.chainguard.dev/security/${encodeURIComponent(id)}`,
});
