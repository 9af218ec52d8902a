-- An image is mostly its own parent, and digests are only ever looked up whole: 300 bytes an image less.
drop index image_parent;
create index image_parent on image (account, parent_digest) where parent_digest <> digest;

drop index image_image_id;
create index image_image_id on image using hash (image_id);

drop index image_tag_digest;
create index image_tag_digest on image_tag using hash (digest);
