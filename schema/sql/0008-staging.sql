-- Texts on their way from S3 into other tables, for minutes: neither worth a log nor a place in backups.
create unlogged table staged_text (
  load text not null,
  chunk int not null,
  body text not null,
  staged_at bigint not null,
  primary key (load, chunk)
);

-- Chunks of a load in their order. One that is missing (a crash empties unlogged tables) fails the statement: nothing would be
-- written in its place without a word. 58P01 is "undefined file", which all platforms take for what a second try may mend.
create function staged(wanted text, first_chunk int, last_chunk int) returns table (chunk int, body text)
language plpgsql stable rows 10 as $$
declare
  there int;
begin
  return query
    select s.chunk, s.body from staged_text s
    where s.load = wanted and s.chunk between first_chunk and last_chunk order by s.chunk;
  get diagnostics there = row_count;
  if there <> last_chunk - first_chunk + 1 then
    raise exception 'only % of the chunks % to % are staged', there, first_chunk, last_chunk using errcode = '58P01';
  end if;
end
$$;
