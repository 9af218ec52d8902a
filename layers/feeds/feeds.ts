import type { Feed } from './feed.ts';
import { alpine } from './feeds/alpine.ts';
import { debian } from './feeds/debian.ts';
import { osv } from './feeds/osv.ts';

/** Every upstream of advisories. */
export const feeds: readonly Feed[] = [alpine, debian, osv];
