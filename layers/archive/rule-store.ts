import type { Sql, SqlRow } from '#platform/sql.ts';
import type { ArchiveRule } from './archive-rule.ts';

type World = { readonly sql: Sql };

/** Rules of one account: all of them are asked for each image. */
export const mostRules = 100;

/** What became of a rule that was to be added. */
export type RuleAdded = 'added' | 'too-many' | 'second-maximum';

/** Adds a rule, unless its account has too many, or there is one with a number of images already. */
export async function addRule({ sql }: World, rule: ArchiveRule): Promise<RuleAdded> {
  const [row] = await sql.query<{ rules: number; maxima: number; added: number }>(
    `with counted as (
       select count(*) filter (where account = :account::text) as rules, count(*) filter (where max_images is not null) as maxima
       from archive_rule
     ), added as (
       insert into archive_rule (${columns})
       select :id::text, :account::text, :transition::text, :global::boolean, :registry::text, :repository::text, :tag::text,
         :ex_registry::text, :ex_repository::text, :ex_tag::text, :ex_days::int, :age::int, :newer::int, :max::int, :created::bigint,
         :updated::bigint
       from counted where rules < :most::int and (maxima = 0 or :max::int is null)
       on conflict do nothing returning 1
     )
     select rules, maxima, (select count(*) from added) as added from counted`,
    {
      ...{ id: rule.ruleId, account: rule.account, transition: rule.transition, global: rule.systemGlobal },
      ...{ registry: rule.selector.registry, repository: rule.selector.repository, tag: rule.selector.tag },
      ...{ ex_registry: rule.exclude.registry, ex_repository: rule.exclude.repository, ex_tag: rule.exclude.tag },
      ...{ ex_days: rule.excludeDays, age: rule.ageDays, newer: rule.versionsNewer, max: rule.maxImages },
      ...{ created: rule.createdAt, updated: rule.updatedAt, most: mostRules },
    },
  );
  if (row!.added > 0) return 'added';
  return row!.rules >= mostRules ? 'too-many' : 'second-maximum';
}

/** The rules of an account, oldest first; with `global` also those for every account, which come first. */
export async function listRules({ sql }: World, account: string, global: boolean): Promise<readonly ArchiveRule[]> {
  const rows = await sql.query<RuleRow>(
    `select ${columns} from archive_rule where account = :account::text or :global::boolean and system_global
     order by system_global desc, created_at, rule_id limit 1000`,
    { account, global },
  );
  return rows.map(ruleOf);
}

/** A rule of an account, or one for every account; null when there is none. */
export async function findRule({ sql }: World, account: string, ruleId: string): Promise<ArchiveRule | null> {
  const rows = await sql.query<RuleRow>(
    `select ${columns} from archive_rule where rule_id = :id::text and (account = :account::text or system_global)`,
    { account, id: ruleId },
  );
  return rows[0] === undefined ? null : ruleOf(rows[0]);
}

/** Removes a rule of an account; false when it has none of this id. */
export async function removeRule({ sql }: World, account: string, ruleId: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from archive_rule where rule_id = :id::text and account = :account::text returning rule_id',
    { account, id: ruleId },
  );
  return rows.length > 0;
}

/** How many rules an account has of its own, and when one was last changed. */
export async function ruleSummary({ sql }: World, account: string) {
  const [row] = await sql.query<{ count: number; updated: number | null }>(
    'select count(*) as count, max(updated_at) as updated from archive_rule where account = :account::text',
    { account },
  );
  return { count: row!.count, updatedAt: row!.updated };
}

/** Accounts that have rules of their own or, where there is one for every account, images: in order, behind one of them. */
export async function accountsWithRules({ sql }: World, after: string, limit: number): Promise<readonly string[]> {
  const rows = await sql.query<{ account: string }>(
    `select a.account from account a where a.account > :after::text and a.state <> 'deleting'
       and (exists (select from archive_rule r where r.account = a.account)
         or exists (select from archive_rule r where r.system_global) and exists (select from image i where i.account = a.account))
     order by a.account limit :limit::int`,
    { after, limit },
  );
  return rows.map(({ account }) => account);
}

const columns = `rule_id, account, transition, system_global, selector_registry, selector_repository, selector_tag,
  exclude_registry, exclude_repository, exclude_tag, exclude_days, age_days, versions_newer, max_images, created_at, updated_at`;

type RuleRow = SqlRow & {
  rule_id: string;
  account: string;
  transition: ArchiveRule['transition'];
  system_global: boolean;
  selector_registry: string;
  selector_repository: string;
  selector_tag: string;
  exclude_registry: string;
  exclude_repository: string;
  exclude_tag: string;
  exclude_days: number;
  age_days: number;
  versions_newer: number;
  max_images: number | null;
  created_at: number;
  updated_at: number;
};

function ruleOf(row: RuleRow): ArchiveRule {
  return {
    ruleId: row.rule_id,
    account: row.account,
    transition: row.transition,
    systemGlobal: row.system_global,
    selector: { registry: row.selector_registry, repository: row.selector_repository, tag: row.selector_tag },
    exclude: { registry: row.exclude_registry, repository: row.exclude_repository, tag: row.exclude_tag },
    excludeDays: row.exclude_days,
    ageDays: row.age_days,
    versionsNewer: row.versions_newer,
    maxImages: row.max_images,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
