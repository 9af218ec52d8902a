-- What is switched off: a whole feed by the name that the API shows (feed_group ''), or one of its groups by ours. Not refreshed then;
-- what is stored stays.
create table feed_switch (
  feed text not null,
  feed_group text not null,
  off_at bigint not null,
  primary key (feed, feed_group)
);

-- Records of the group in each namespace (`{"debian:12": 31000}`), as counted after the last sync that wrote anything.
alter table feed_group add column namespaces jsonb not null default '{}';
