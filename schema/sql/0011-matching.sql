-- What was known under a revision: rows that stand and rows that were closed since. Written so that the planner sees through it
-- and uses the index of each part; valid_from + 0 keeps it from beginning with all rows of old revisions for each package.
create function affected_at(known_at bigint) returns setof affected
language sql stable as $$
  select * from affected where valid_to = 9223372036854775807 and valid_from + 0 <= known_at
  union all
  select * from affected where valid_to < 9223372036854775807 and valid_to > known_at and valid_from + 0 <= known_at
$$;

-- Advisories by another id of the same vulnerability, or by one that belongs to it.
create index advisory_names on advisory using gin ((aliases || related) jsonb_path_ops) where aliases || related <> '[]';

-- Packages by their own name, which is not that by which they are judged: what stands before the version in the purl.
create index package_own_name on package ((substring(purl from '([^/@?#]+)@')));

-- What an account says that a package really is. matches and replaces: Correction of layers/matching/correction.ts.
create table correction (
  account text not null references account on delete cascade,
  id text not null,
  type text not null,
  matches jsonb not null,
  replaces jsonb not null,
  description text not null default '',
  created_at bigint not null,
  primary key (account, id)
);
