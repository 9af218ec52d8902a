-- What changed in a group and is not announced yet: revision > announced.
alter table feed_group add column begun bigint not null default 0;

alter table feed_group add column announced bigint not null default 0;

-- When the group was first read whole, in milliseconds since the epoch, and its revision then: images that were judged before
-- that were judged without it.
alter table feed_group add column loaded_at bigint;

alter table feed_group add column loaded_revision bigint;

-- What came before this file is announced to nobody. begun: under which a sync wrote last, also one that did not end.
update feed_group set begun = revision, announced = revision, loaded_at = synced_at,
  loaded_revision = case when synced_at is null then null else revision end;

-- The rows of a few revisions among millions. Rows come in the order of their revisions, so a summary of blocks is enough for those
-- that were opened; those that were closed are few.
create index affected_opened on affected using brin (valid_from) with (pages_per_range = 16, autosummarize = on);

create index affected_closed on affected (valid_to) where valid_to < 9223372036854775807;

-- No digest: since then the tag points to nothing. said_at: the last time that somebody said the same of it.
alter table image_tag alter column digest drop not null;

alter table image_tag add column said_at bigint not null default 0;

-- When the registry last had pull_reference, and since when it does not have it any more.
alter table image add column present_at bigint not null default 0;

alter table image add column removed_at bigint;
