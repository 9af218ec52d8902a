-- Registries that an account logs in to. What it logs in with is in the secret store, never here.
create table registry (
  account text not null references account on delete cascade,
  -- as it was given: host, host/repository, or host/prefix*
  name text not null,
  -- the same in parts (layers/registry/logins/registry-name.ts)
  host text not null,
  path text not null,
  wildcard boolean not null,
  type text not null check (type in ('docker_v2', 'awsecr')),
  user_name text not null,
  title text not null,
  verify boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (account, name),
  unique (account, host, path, wildcard)
);
