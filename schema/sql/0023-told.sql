-- What the active policy says of an image under a tag, as it was last told: a change of its action is an event.
create table standing_verdict (
  account text not null,
  digest text not null,
  tag text not null,
  verdict_no bigint not null references verdict on delete cascade,
  -- how often it was another one
  moves int not null,
  primary key (account, digest, tag),
  foreign key (account, digest) references image (account, digest) on delete cascade
);

create index standing_verdict_no on standing_verdict (verdict_no);

-- The vulnerabilities of tags with a subscription for them, as they were last told.
create table told_findings (
  account text not null references account on delete cascade,
  -- registry/repository:tag
  tag text not null,
  -- the platform of what the tag leads to, or the digest that the subscription names
  scope text not null,
  -- names the blob that lists them
  hash text not null,
  moves int not null,
  primary key (account, tag, scope)
);

-- Events are forgotten with time.
create index event_log_age on event_log (created_at);

-- What happened to one image or tag, among all that happened.
create index event_log_resource on event_log (account, resource_id, event_no desc);
