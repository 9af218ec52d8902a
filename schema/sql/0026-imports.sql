-- Images that are brought along as an SBOM (layers/imports): what was uploaded for one lies in blobs until the operation is over.
create table import_operation (
  operation_id text primary key,
  account text not null references account on delete cascade,
  status text not null check (status in ('pending', 'processing', 'complete', 'failed', 'expired', 'invalidated')),
  expires_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null
);

create index import_operation_account on import_operation (account, created_at, operation_id);

create index import_operation_open on import_operation (expires_at) where status in ('pending', 'processing');

-- digest: sha256 of the bytes as they came, 64 hex digits.
create table import_content (
  operation_id text not null references import_operation on delete cascade,
  kind text not null check (kind in ('packages', 'dockerfile', 'manifest', 'parent_manifest', 'image_config')),
  digest text not null,
  size bigint not null,
  created_at bigint not null,
  primary key (operation_id, kind, digest)
);
