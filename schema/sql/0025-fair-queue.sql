-- Groups of messages (an account's are one) take turns: nobody's single message waits behind thousands of another's. A message is
-- taken in its round; a group has one message in each.
alter table job add column group_name text not null default '';

alter table job add column round bigint not null default 0;

drop index job_ready;

create index job_ready on job (queue, round, job_id) where not dead;

create index job_group on job (queue, group_name, round) where not dead;

create index job_tried on job (queue, attempts) where not dead and attempts > 0;
