import type { EnrichmentFacts } from '#feeds/advisory.ts';
import type { Sql } from '#platform/sql.ts';
import type { Cvss } from '#schema/finding.ts';
import { type Known, nothingKnown, withFacts } from './enrichment.ts';
import { inSlices } from './in-slices.ts';

/** What an advisory says beside which versions are affected. */
export interface AdvisoryText {
  readonly advisoryId: number;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly related: readonly string[];
  readonly title: string | null;
  readonly severitySource: string | null;
  readonly cvss: readonly Cvss[];
  readonly disputed: boolean;
  readonly urls: readonly string[];
  readonly group: string;
}

export interface AdvisoryTexts {
  readonly text: (advisoryId: number) => AdvisoryText;
  readonly known: (about: string) => Known;
}

/** Their texts and facts fit into an answer: one that does not is asked for again in halves, and what it cost is lost. */
const atOnce = 400;

/**
 * The texts of advisories, each once however many packages have it, with what is known of the vulnerabilities that they name (the
 * CVEs of errata among them) and of what else is asked `about`: one statement for most images.
 */
export async function advisoryTexts(
  sql: Sql,
  ids: readonly number[],
  about: readonly string[],
): Promise<AdvisoryTexts> {
  const texts = new Map<number, AdvisoryText>();
  const known = new Map<string, Known>();
  const asked = [...about.map((name) => ({ name })), ...[...new Set(ids)].map((id) => ({ id }))];
  const ask = (slice: readonly unknown[]) => sql.query<Row>(statement, { asked: JSON.stringify(slice) });
  for await (const row of inSlices(asked, atOnce, ask)) {
    if (row.advisory_id !== null) texts.set(row.advisory_id, textOf(row, row.advisory_id));
    else known.set(row.id, withFacts(known.get(row.id) ?? nothingKnown, JSON.parse(row.body!) as EnrichmentFacts));
  }
  return { text: (id) => texts.get(id)!, known: (name) => known.get(name) ?? nothingKnown };
}

const statement = `with j as materialized (
    select * from jsonb_to_recordset(:asked::jsonb) as x(id int, name text)
  ), v as materialized (
    select a.* from j cross join lateral (select * from advisory where advisory_id = j.id offset 0) a
  ), about as (
    select j.name from j where j.name is not null union select v.id from v
    union select x.id from v cross join lateral jsonb_array_elements_text(v.aliases) as x(id) where v.aliases <> '[]'
    union select x.id from v cross join lateral jsonb_array_elements_text(v.related) as x(id)
      where v.related <> '[]' and x.id like 'CVE-%'
  )
  select v.advisory_id, v.id, v.aliases, v.related, v.title, v.severity_source, v.cvss, v.disputed, v.urls, v.feed_group,
    null::jsonb as body from v
  union all
  select null, e.about, null, null, null, null, null, null, null, null, e.body
  from about cross join lateral (select x.about, x.body from enrichment x where x.about = about.name offset 0) e`;

type Row = {
  advisory_id: number | null;
  /** Of the vulnerability, or what the facts in `body` are about. */
  id: string;
  aliases: string;
  related: string;
  title: string | null;
  severity_source: string | null;
  cvss: string;
  disputed: boolean;
  urls: string;
  feed_group: string;
  body: string | null;
};

function textOf(row: Row, advisoryId: number): AdvisoryText {
  return {
    advisoryId,
    id: row.id,
    aliases: listOf(row.aliases),
    related: listOf(row.related),
    title: row.title,
    severitySource: row.severity_source,
    cvss: listOf(row.cvss),
    disputed: row.disputed,
    urls: listOf(row.urls),
    group: row.feed_group,
  };
}

/** Most lists of most records are empty. */
function listOf<T>(text: string): readonly T[] {
  return text === '[]' ? [] : JSON.parse(text);
}
