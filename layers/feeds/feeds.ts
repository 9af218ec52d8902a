import type { Feed } from './feed.ts';
import { alpine } from './feeds/alpine.ts';
import { chainguard } from './feeds/chainguard.ts';
import { debian } from './feeds/debian.ts';
import { minimos } from './feeds/minimos.ts';
import { osv } from './feeds/osv.ts';
import { wolfi } from './feeds/wolfi.ts';

/** Every upstream of advisories. */
export const feeds: readonly Feed[] = [alpine, chainguard, debian, minimos, osv, wolfi];
