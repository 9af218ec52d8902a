import type { EnrichmentFacts } from '#feeds/advisory.ts';
import type { Sql } from '#platform/sql.ts';
import { inSlices } from './in-slices.ts';

type Of<Kind extends EnrichmentFacts['kind']> = Extract<EnrichmentFacts, { readonly kind: Kind }>;

/** What is known of one vulnerability, or of one release, beside any package. */
export interface Known {
  /** The NVD's first. */
  readonly ratings: readonly Of<'rating'>[];
  readonly epss: Of<'epss'> | null;
  readonly kev: Of<'kev'> | null;
  readonly lifecycle: Of<'lifecycle'> | null;
}

const nothing: Known = { ratings: [], epss: null, kev: null, lifecycle: null };

const atOnce = 2000;

/** What the feeds say now of these ids of vulnerabilities and names of releases: one statement for those of most images. */
export async function enrichmentOf(sql: Sql, about: readonly string[]): Promise<(about: string) => Known> {
  const known = new Map<string, Known>();
  const ask = (slice: readonly string[]) => sql.query<Row>(statement, { about: JSON.stringify(slice) });
  for await (const row of inSlices([...new Set(about)], atOnce, ask)) {
    known.set(row.about, withFacts(known.get(row.about) ?? nothing, JSON.parse(row.body) as EnrichmentFacts));
  }
  return (one) => known.get(one) ?? nothing;
}

type Row = { about: string; body: string };

const statement = `select e.about, e.body
  from jsonb_array_elements_text(:about::jsonb) as j(about)
  cross join lateral (select x.about, x.body from enrichment x where x.about = j.about offset 0) e`;

function withFacts(known: Known, facts: EnrichmentFacts): Known {
  switch (facts.kind) {
    case 'rating':
      return { ...known, ratings: [...known.ratings, facts].sort((a, b) => order(a.source) - order(b.source)) };
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
