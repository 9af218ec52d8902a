-- Since when no image has the set, as whoever deleted the last one saw it; null again when somebody stores it. Sets are removed a day later:
-- who is judging by one just now has it until then.
alter table package_set add column unlinked_at bigint;

create index package_set_unlinked on package_set (unlinked_at) where unlinked_at is not null;
