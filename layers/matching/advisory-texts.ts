import type { Sql } from '#platform/sql.ts';
import type { Cvss } from '#schema/finding.ts';
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

const atOnce = 1000;

/** Adds the advisories of these ids to those that are known: an image has many packages of one advisory. */
export async function advisoryTexts(sql: Sql, ids: readonly number[], known: Map<number, AdvisoryText>): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  const ask = (slice: readonly number[]) => sql.query<Row>(statement, { ids: JSON.stringify(slice) });
  for await (const row of inSlices(missing, atOnce, ask)) known.set(row.advisory_id, textOf(row));
}

const statement = `select v.advisory_id, v.id, v.aliases, v.related, v.title, v.severity_source, v.cvss, v.disputed, v.urls, v.feed_group
  from jsonb_array_elements_text(:ids::jsonb) as j(id)
  cross join lateral (select * from advisory a where a.advisory_id = j.id::int offset 0) v`;

type Row = {
  advisory_id: number;
  id: string;
  aliases: string;
  related: string;
  title: string | null;
  severity_source: string | null;
  cvss: string;
  disputed: boolean;
  urls: string;
  feed_group: string;
};

function textOf(row: Row): AdvisoryText {
  return {
    advisoryId: row.advisory_id,
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
