import type { EnrichmentFacts } from '#feeds/advisory.ts';

type Of<Kind extends EnrichmentFacts['kind']> = Extract<EnrichmentFacts, { readonly kind: Kind }>;

/** Until when a release gets mended. */
export type Lifecycle = Of<'lifecycle'>;

/** What is known of one vulnerability, or of one release, beside any package. */
export interface Known {
  /** The NVD's first; one of each source. */
  readonly ratings: readonly Of<'rating'>[];
  readonly epss: Of<'epss'> | null;
  readonly kev: Of<'kev'> | null;
  readonly lifecycle: Lifecycle | null;
}

export const nothingKnown: Known = { ratings: [], epss: null, kev: null, lifecycle: null };

export function withFacts(known: Known, facts: EnrichmentFacts): Known {
  switch (facts.kind) {
    case 'rating': {
      const others = known.ratings.filter(({ source }) => source !== facts.source);
      return { ...known, ratings: [...others, facts].sort((a, b) => order(a.source) - order(b.source)) };
    }
    case 'epss':
      return { ...known, epss: facts };
    case 'kev':
      return { ...known, kev: facts };
    case 'lifecycle':
      return { ...known, lifecycle: facts };
    default:
      return facts satisfies never;
  }
}

const order = (source: string) => (source === 'nvd' ? 0 : 1);
