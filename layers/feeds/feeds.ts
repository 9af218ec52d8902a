import type { Feed } from './feed.ts';
import { alpine } from './feeds/alpine.ts';
import { chainguard } from './feeds/chainguard.ts';
import { debian } from './feeds/debian.ts';
import { epss } from './feeds/epss.ts';
import { kev } from './feeds/kev.ts';
import { lifecycle } from './feeds/lifecycle.ts';
import { minimos } from './feeds/minimos.ts';
import { nvd } from './feeds/nvd.ts';
import { osv } from './feeds/osv.ts';
import { ubuntu } from './feeds/ubuntu.ts';
import { wolfi } from './feeds/wolfi.ts';

/** Every upstream of advisories. */
export const feeds: readonly Feed[] = [
  alpine,
  chainguard,
  debian,
  epss,
  kev,
  lifecycle,
  minimos,
  nvd,
  osv,
  ubuntu,
  wolfi,
];
