-- Accounts whose images are all evaluated anew, because what their verdicts are computed from was changed.
create table renewal (
  account text primary key references account on delete cascade,
  -- tells it from one that is asked for later
  asking bigint not null,
  -- packages count as others now: images are judged too, and linked to other sets
  judge boolean not null,
  -- images up to this digest were sent on
  digest text not null,
  moved_at bigint not null
);
