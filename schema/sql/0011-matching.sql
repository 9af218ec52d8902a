-- What was known under a revision: rows that stand and rows that were closed since. Written so that the planner sees through it
-- and uses the index of each part.
create function affected_at(known_at bigint) returns setof affected
language sql stable as $$
  select * from affected where valid_to = 9223372036854775807 and valid_from <= known_at
  union all
  select * from affected where valid_to < 9223372036854775807 and valid_to > known_at and valid_from <= known_at
$$;
