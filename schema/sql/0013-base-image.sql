-- What the layers of an image are together (ChainID of OCI image-spec, config.md), of those that were analyzed: other images may be
-- built on it. base: BaseImage of schema/image-report.ts, as the account's images told it when this one was analyzed.
alter table image add column chain_id bytea;

alter table image add column base jsonb;

create index image_chain on image (account, chain_id) where chain_id is not null;

-- The same of images that were scanned by the command line, which keeps no images.
create table scanned_image (
  chain_id bytea not null,
  -- what it is known by: of its manifest, else of its config
  digest text not null,
  manifest_digest text,
  parent_digest text,
  reference text not null,
  primary key (chain_id, digest)
);
