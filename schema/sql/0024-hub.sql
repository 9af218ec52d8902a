-- Images whose findings stand in a hub for the findings of many tools. What is there lies in a blob; a row stays until all of it is closed,
-- also when the image and its account are gone.
create table hub_image (
  account text not null,
  digest text not null,
  -- when all of it was last said: hubs forget what nobody repeats
  told_at bigint not null,
  primary key (account, digest)
);
