import type { Rule } from './rule.ts';
import { comprehensiveFeed } from './rules/comprehensive-feed.ts';
import { distroVerdict } from './rules/distro-verdict.ts';
import { kernelHeaders } from './rules/kernel-headers.ts';
import { notAffected } from './rules/not-affected.ts';
import { rejected } from './rules/rejected.ts';
import { sameProgram } from './rules/same-program.ts';

/** What a record says is no finding where one of these has a reason; in this order. */
export const rules: readonly Rule[] = [
  rejected,
  kernelHeaders,
  sameProgram,
  notAffected,
  distroVerdict,
  comprehensiveFeed,
];
