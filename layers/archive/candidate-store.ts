import type { Sql } from '#platform/sql.ts';
import type { ArchiveRule } from './archive-rule.ts';
import { globRegex, likePattern } from './name-pattern.ts';

type World = { readonly sql: Sql };

/** An image that rules put away, or an archive that they delete. */
export interface Candidate {
  /** Of the image or the archive; candidates come in its order. */
  readonly no: number;
  readonly digest: string;
  /** How many tags lead to it: all of them matched. */
  readonly tags: number;
}

export interface CandidatePage {
  readonly after: number;
  readonly limit: number;
}

/**
 * Active, analyzed images of an account every tag of which these rules match together, and those above the number of images of a rule.
 * A rule matches a tag that its patterns name, unless it excludes it, of an image that is old enough and behind enough newer ones under the
 * tag; an image that was restored is as old as that. One statement, whatever the number of images; at most 2,000 rows a page.
 */
export async function archiveCandidates(
  { sql }: World,
  account: string,
  rules: readonly ArchiveRule[],
  now: number,
  { after, limit }: CandidatePage,
): Promise<readonly Candidate[]> {
  const maxima = rules.flatMap(({ maxImages }) => maxImages ?? []);
  const rows = await sql.query<Row>(
    `with ${asked}, live as materialized (
       select l.*, row_number() over (order by l.state = 'analyzed' desc, l.analyzed_at desc, l.image_no desc) as place from (
         select i.image_no, i.digest, i.state, greatest(i.analyzed_at, a.restored_at) as analyzed_at
         from image i left join archived_image a on a.account = i.account and a.digest = i.digest
         where i.account = :account::text and i.status = 'active') l
     ), moved as (
       select m.registry, m.repository, m.tag, m.pointed_to, l.image_no, l.analyzed_at, m.detected_at
       from (select registry, repository, tag, pointed_to, digest, max(detected_at) as detected_at
         from tagged_image where account = :account::text group by 1, 2, 3, 4, 5) m join live l on l.digest = m.digest
     ), tagged as materialized (
       select row_number() over () as row_no, registry, repository, tag, image_no as no, analyzed_at as age, analyzed_at as judged,
         dense_rank() over (partition by registry, repository, tag order by detected_at desc, pointed_to) - 1 as newer from moved
     ), ${fitting}, led as (
       select t.no, count(distinct (t.registry, t.repository, t.tag))::int as tags, bool_and(h.row_no is not null) as good
       from tagged t left join hit h on h.row_no = t.row_no group by t.no
     )
     select l.image_no as no, l.digest, coalesce(t.tags, 0) as tags from live l left join led t on t.no = l.image_no
     where l.image_no > :after::bigint and l.state = 'analyzed' and (t.good or l.place > :most::bigint)
     order by l.image_no limit :limit::int`,
    {
      ...{ account, rules: JSON.stringify(rules.filter(({ maxImages }) => maxImages === null).map(asRow(now))) },
      ...{ most: maxima.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...maxima), after, limit },
    },
  );
  return rows;
}

/**
 * Archived images of an account every tag of which these rules match together, as {@link archiveCandidates}: they are as old as their
 * archives, exclusions go by the analysis, and newer ones are those that are archived too.
 */
export async function deletionCandidates(
  { sql }: World,
  account: string,
  rules: readonly ArchiveRule[],
  now: number,
  { after, limit }: CandidatePage,
): Promise<readonly Candidate[]> {
  return sql.query<Row>(
    `with ${asked}, tagged as materialized (
       select row_number() over () as row_no, t.registry, t.repository, t.tag, a.archive_no as no, a.created_at as age, a.analyzed_at as judged,
         row_number() over (partition by t.registry, t.repository, t.tag order by t.detected_at desc, a.archive_no desc) - 1 as newer
       from archived_tag t join archived_image a on a.archive_no = t.archive_no where a.account = :account::text
     ), ${fitting}
     select a.archive_no as no, min(a.digest) as digest, count(*)::int as tags
     from tagged t left join hit h on h.row_no = t.row_no join archived_image a on a.archive_no = t.no
     where a.archive_no > :after::bigint and a.status = 'archived'
     group by a.archive_no having bool_and(h.row_no is not null) order by a.archive_no limit :limit::int`,
    { account, rules: JSON.stringify(rules.map(asRow(now))), after, limit },
  );
}

type Row = { no: number; digest: string; tags: number };

const asked = `asked as materialized (
       select * from jsonb_to_recordset(:rules::jsonb) as r (registry text, repository text, tag text, before bigint, newer int,
         ex_registry text, ex_repository text, ex_tag text, ex_since bigint)
     )`;

/**
 * Which tags of `tagged` a rule matches (`hit`): how old its image is for the rule is its `age`, for the exclusion `judged`. Repositories are
 * few and images many, so patterns of those are tried once for each.
 */
const fitting = `fitting as materialized (
       select p.registry, p.repository, r.tag, r.before, r.newer, r.ex_since, r.ex_tag,
         coalesce(p.registry ~ r.ex_registry and p.repository ~ r.ex_repository, false) as excludes
       from (select registry, repository from tagged group by 1, 2) p
       join asked r on p.registry like r.registry and p.repository like r.repository
     ), hit as materialized (
       select distinct t.row_no from tagged t join fitting r on r.registry = t.registry and r.repository = t.repository
       where (r.before is null or t.age < r.before) and t.newer >= r.newer and t.tag like r.tag
         and not (r.excludes and t.judged > r.ex_since and t.tag ~ r.ex_tag)
     )`;

const dayMs = 86_400_000;

/** A rule as the statements take it; exclusions that name nothing are left out. */
function asRow(now: number) {
  return ({ selector, exclude, ageDays, versionsNewer, excludeDays }: ArchiveRule) => {
    const excludes = exclude.registry !== '' && exclude.repository !== '' && exclude.tag !== '';
    return {
      registry: likePattern(selector.registry),
      repository: likePattern(selector.repository),
      tag: likePattern(selector.tag),
      before: ageDays < 0 ? null : now - ageDays * dayMs,
      newer: versionsNewer,
      ex_registry: excludes ? globRegex(exclude.registry) : null,
      ex_repository: excludes ? globRegex(exclude.repository) : null,
      ex_tag: excludes ? globRegex(exclude.tag) : null,
      ex_since: excludeDays < 0 ? -1 : now - excludeDays * dayMs,
    };
  };
}
