-- A user may have no password (signed in by keys, or not at all); tokens name users by id and end with the password.
alter table app_user alter column password drop not null;

alter table app_user add column user_id text not null unique default gen_random_uuid()::text;

-- when the password was set; goes up with each change
alter table app_user add column password_at bigint not null default 0;

update app_user set password_at = updated_at;

-- What a user may do in an account: the own one, and others that an administrator named.
create table account_member (
  user_name text not null references app_user on delete cascade,
  account text not null references account on delete cascade,
  -- layers/access/permissions.ts
  role text not null check (role in ('read-only', 'image-developer', 'policy-editor', 'full-control')),
  created_at bigint not null,
  primary key (user_name, account)
);

create index account_member_account on account_member (account);

insert into account_member (user_name, account, role, created_at)
  select user_name, account, 'full-control', created_at from app_user;

create table api_key (
  key_id text primary key,
  user_name text not null references app_user on delete cascade,
  name text not null,
  -- sha256 of the secret half, base64url
  hash text not null,
  -- narrows what the user may do; null: nothing is taken away
  role text check (role in ('read-only', 'image-developer', 'policy-editor', 'full-control')),
  created_at bigint not null,
  expires_at bigint
);

create index api_key_user on api_key (user_name);

alter table policy_bundle drop constraint policy_bundle_account_fkey;
alter table policy_bundle add foreign key (account) references account on delete cascade;

-- Sign-ins that failed. A slot holds one key and a new key takes the slot, so there are never more than 131,072 rows; nobody who does
-- not know the salt can aim at a slot.
create table sign_in_try (
  slot int primary key,
  key text not null,
  tries int not null,
  last_at bigint not null,
  next_at bigint not null
);

create table sign_in_salt (salt text not null);

insert into sign_in_salt values (gen_random_uuid()::text || gen_random_uuid()::text);

-- Slots of keys: [{"part": 0 or 1, "name": ...}]; parts do not push each other out.
create function sign_in_slots(keys jsonb)
returns table (part int, slot int, key text, free int, leak bigint, longest bigint)
language sql stable as $$
  select k.part, k.part * 65536 + ('x' || left(h.key, 4))::bit(16)::int, h.key, k.free, k.leak, k.longest
  from jsonb_to_recordset(keys) as k(part int, name text, free int, leak bigint, longest bigint)
  cross join sign_in_salt s
  cross join lateral (select encode(sha256(convert_to(s.salt || k.name, 'UTF8')), 'hex') as key) h
$$;
