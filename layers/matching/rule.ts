import type { Candidate } from './candidate.ts';
import type { DistroVerdict } from './distro-verdicts.ts';
import type { Known } from './enrichment.ts';

/** What rules may look at. */
export interface RuleWorld {
  /** What is said of the vulnerability at the package's own names. */
  readonly ownVerdict: (candidate: Candidate) => DistroVerdict | null;
  /** What the distribution says of the vulnerability for the package that owns the files; null when it says nothing. */
  readonly ownerVerdict: (candidate: Candidate, owner: string) => DistroVerdict | null;
  /** The namespace whose advisories judge an owner; null when none do (a package of another vendor). */
  readonly ownerNamespace: (owner: string) => string | null;
  /** Whether the feed of a namespace is there and tells of every vulnerability, also of those without a fix. */
  readonly tellsAll: (namespace: string) => boolean;
  readonly known: (id: string) => Known;
  /** The purl of another package that is the same program and has the same vulnerability; see twinsOf. */
  readonly twin: (candidate: Candidate) => string | null;
}

/** Why a candidate is no finding. The first rule that has a reason suppresses it; what is suppressed stays visible. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  /** Whether it looks at verdicts: those are asked for only where no other rule has a reason. */
  readonly asksVerdicts: boolean;
  /** The reason, one sentence; null to let it be. */
  suppresses(candidate: Candidate, world: RuleWorld): string | null;
}
