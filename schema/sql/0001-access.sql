-- Accounts own images, bundles and users; every row that a tenant may see carries the account.
create table account (
  account text primary key,
  type text not null check (type in ('user', 'admin', 'service')),
  state text not null check (state in ('enabled', 'disabled', 'deleting')),
  email text,
  created_at bigint not null,
  updated_at bigint not null
);

create table app_user (
  user_name text primary key,
  account text not null references account,
  -- scrypt:N:r:p:salt:hash, base64url
  password text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create index app_user_account on app_user (account);
