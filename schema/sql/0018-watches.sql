-- What registries are asked about again and again: every active subscription of tag_update and repo_update has a row.
create table watch (
  subscription_id text primary key references subscription on delete cascade,
  account text not null,
  registry text not null,
  repository text not null,
  -- null: the repository's list of tags
  tag text,
  -- its turn; whoever takes it moves this behind what a look may last. null: never, its key names nothing that a registry could have
  due_at bigint,
  -- what the registry said last: the digest of the tag, or a hash of the list
  seen text,
  -- when that was last held against the catalog
  compared_at bigint,
  -- the fault code of the last look, and how many looks in a row ended so; null: it went well
  failure text,
  failures int not null default 0
);

create index watch_due on watch (due_at);

-- In the order of the watches, so that the two are compared by one look at each.
create index subscription_watching on subscription (subscription_id)
  where active and subscription_type in ('tag_update', 'repo_update');

-- The tags of watched repositories that were sent to the catalog: what is not here is new.
create table watched_tag (
  subscription_id text not null references subscription on delete cascade,
  tag text not null,
  primary key (subscription_id, tag)
);

-- Registries that an account leaves alone for a while: they cannot be reached, or asked for it.
create table registry_rest (
  account text not null references account on delete cascade,
  registry text not null,
  until bigint not null,
  failures int not null,
  primary key (account, registry)
);
