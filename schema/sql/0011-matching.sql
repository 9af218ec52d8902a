-- What was known under a revision: rows that stand and rows that were closed since. Written so that the planner sees through it
-- and uses the index of each part.
create function affected_at(known_at bigint) returns setof affected
language sql stable as $$
  select * from affected where valid_to = 9223372036854775807 and valid_from <= known_at
  union all
  select * from affected where valid_to < 9223372036854775807 and valid_to > known_at and valid_from <= known_at
$$;

-- Advisories by another id of the same vulnerability, or by one that belongs to it.
create index advisory_names on advisory using gin ((aliases || related) jsonb_path_ops) where aliases || related <> '[]';

-- Packages by their own name, which is not that by which they are judged: what stands before the version in the purl.
create index package_own_name on package ((substring(purl from '([^/@?#]+)@')));
