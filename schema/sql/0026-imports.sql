-- Images that are not pulled but told of, part by part: what is uploaded lies in blobs under imports/OPERATION.
create table import_operation (
  operation_id text primary key default gen_random_uuid()::text,
  account text not null references account on delete cascade,
  -- layers/analysis/imports/import-operation.ts
  status text not null check (status in ('pending', 'processing', 'complete', 'failed', 'expired', 'invalidated')),
  -- the image that it became, and the digests of the parts that it was made of, by kind
  image_digest text,
  contents jsonb,
  created_at bigint not null,
  updated_at bigint not null,
  expires_at bigint not null,
  -- its parts are gone
  cleared boolean not null default false
);

create index import_operation_account on import_operation (account, created_at desc, operation_id);

create index import_operation_image on import_operation (account, image_digest) where status = 'processing';

create index import_operation_open on import_operation (expires_at) where not cleared;

create table import_content (
  operation_id text not null references import_operation on delete cascade,
  -- packages, dockerfile, manifest, parent_manifest, image_config
  kind text not null,
  -- sha256 of the bytes as they came, hex
  digest text not null,
  size bigint not null,
  created_at bigint not null,
  primary key (operation_id, kind, digest)
);
