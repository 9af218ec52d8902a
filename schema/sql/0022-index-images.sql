-- The images of an index that are kept, the one that stands for it first (place 0). What an index lists never changes; what of it is
-- wanted may.
create table index_image (
  account text not null,
  index_digest text not null,
  digest text not null,
  place smallint not null,
  primary key (account, index_digest, digest),
  foreign key (account, digest) references image (account, digest) on delete cascade
);

create index index_image_digest on index_image using hash (digest);

insert into index_image (account, index_digest, digest, place)
  select account, parent_digest, digest, 0 from image where parent_digest <> digest;

drop index image_parent;

-- A tag points to what the registry has under it, an index or an image, also when the catalog does not have that any more: what was
-- deleted here is not taken for news then.
alter table image_tag drop constraint image_tag_account_digest_fkey;

alter table image_tag add foreign key (account) references account on delete cascade;

update image_tag t set digest = i.parent_digest from image i
  where i.account = t.account and i.digest = t.digest and i.parent_digest <> i.digest;

-- Every image under every tag that led to it. pointed_to: by its own digest, or that of an index that it is in. (A digest that is an
-- index's stands here as an image's too; no image has it.)
create view tagged_image as
  select account, registry, repository, tag, detected_at, said_at, digest as pointed_to, digest, 0::smallint as place
  from image_tag where digest is not null
  union all
  select t.account, t.registry, t.repository, t.tag, t.detected_at, t.said_at, t.digest, x.digest, x.place
  from image_tag t join index_image x on x.account = t.account and x.index_digest = t.digest;

-- Lists of images, newest first.
create index image_list on image (account, created_at, image_no);

create index image_deleting on image (image_no) where status = 'deleting';
