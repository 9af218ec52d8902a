-- affected.status 3: not affected in the interval, which beats all that says otherwise of the same vulnerability.

-- channel: the stream in which alone `fixed` can be had; fixed_at: ISO 8601 date; only_for: what a package must be beside its
-- name and version (AffectedOnly of layers/feeds/advisory.ts), null: nothing more.
alter table affected add column channel text;

alter table affected add column fixed_at text;

alter table affected add column only_for jsonb;

-- CVSS vectors with score and source, the record's own source first.
alter table advisory add column cvss jsonb not null default '[]';

alter table advisory add column disputed boolean not null default false;

-- Judgement as of a moment: beside affected_current, for what has been closed since.
create index affected_past on affected (name_id, hi_key)
  include (lo_key, advisory_id, severity, status, affected_id, valid_from, valid_to) where valid_to < 9223372036854775807;

-- What is known of a vulnerability or a release without a package: EnrichmentFacts of layers/feeds/advisory.ts in body.
-- Scores of every vulnerability change each day: half of a page is left so that they change in place.
create table enrichment (
  feed text not null,
  feed_group text not null,
  record text not null,
  hash bytea not null,
  -- a vulnerability's id, or a namespace for facts of releases
  about text not null,
  body jsonb not null,
  primary key (feed, feed_group, record)
) with (fillfactor = 50);

create index enrichment_about on enrichment (about);

alter sequence feed_revision rename to revision_number;

-- What was written under a revision, and when its first row was. chunks is the ledger of its statements: each counts it up by one,
-- and does nothing when it is not its turn (any more).
create table feed_revision (
  revision bigint primary key,
  at bigint not null,
  feed text not null,
  feed_group text not null,
  chunks int not null default 0,
  -- records written or dropped, rows of affected opened and closed
  records int not null default 0,
  opened int not null default 0,
  closed int not null default 0
);

create index feed_revision_at on feed_revision (at);

-- Of the time before this file only the last revision of each group is known.
insert into feed_revision (revision, at, feed, feed_group, records)
  select revision, coalesce(synced_at, checked_at), feed, feed_group, records from feed_group where revision > 0;

insert into feed_revision (revision, at, feed, feed_group)
  select begun, checked_at, feed, feed_group from feed_group where begun > revision;

-- What a revision did to packages that were known then. op: 1 the advisory came to speak of the package, -1 it ceased to, 0 it says
-- otherwise (fix, severity, not affected, ...).
create table package_change (
  revision bigint not null,
  package_id int not null,
  advisory_id int not null,
  op smallint not null,
  primary key (revision, package_id, advisory_id)
);

-- Feeds with terms of their own, and who accepted them when.
create table feed_consent (
  feed text primary key,
  licence text not null,
  accepted_at bigint not null
);
