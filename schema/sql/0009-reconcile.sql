-- Where the next comparison of ECR with the catalog goes on: behind this repository.
create table reconcile_mark (
  name text primary key,
  repository text not null
);
