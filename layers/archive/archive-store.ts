import type { Digest } from '#core/digest.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import type { ArchivedImage, ArchivedTag } from './archived-image.ts';

type World = { readonly sql: Sql };

/**
 * Begins to archive images that are analyzed and active: those that are there already only where a rule asks again, so that the archive has
 * what happened since. Gives what was begun.
 */
export async function beginArchiving(
  { sql }: World,
  account: string,
  digests: readonly string[],
  byRule: boolean,
  now: number,
): Promise<readonly ArchivedImage[]> {
  const begun: ArchivedImage[] = [];
  for (let at = 0; at < digests.length; at += listPage) {
    const page = { account, digests: JSON.stringify(digests.slice(at, at + listPage)), by_rule: byRule, now };
    begun.push(...(await sql.query<ArchiveRow>(beginning(), page)).map(imageOf));
  }
  return begun;
}

const beginning =
  () => `insert into archived_image as a (account, digest, parent_digest, annotations, status, by_rule, analyzed_at, since,
       created_at, updated_at)
     select account, digest, parent_digest, annotations, 'archiving', :by_rule::boolean, coalesce(analyzed_at, created_at), :now::bigint,
       :now::bigint, :now::bigint
     from image where account = :account::text and digest in (select jsonb_array_elements_text(:digests::jsonb))
       and status = 'active' and state = 'analyzed' order by digest
     on conflict (account, digest) do update set status = 'archiving', by_rule = true, annotations = excluded.annotations,
       analyzed_at = excluded.analyzed_at, since = excluded.since, updated_at = excluded.updated_at
       where :by_rule::boolean and a.status = 'archived'
     returning ${columns}`;

/**
 * Notes that the blob of an archive is stored, with the tags that it holds, and does `alongWith` in the same transaction; false, and nothing
 * is changed, when somebody else has moved it on meanwhile.
 */
export async function endArchiving(
  { sql }: World,
  image: ArchivedImage,
  size: number,
  tags: readonly ArchivedTag[],
  now: number,
  alongWith: (tx: Sql) => Promise<void>,
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const moved = await tx.query(
      `update archived_image set status = 'archived', by_rule = false, size = :size::bigint, since = :now::bigint, updated_at = :now::bigint
       where archive_no = :no::bigint and status = 'archiving' and since = :since::bigint returning archive_no`,
      { no: image.archiveNo, since: image.since, size, now },
    );
    if (moved.length === 0) return false;
    await tx.query('delete from archived_tag where archive_no = :no::bigint', { no: image.archiveNo });
    for (let at = 0; at < tags.length; at += tagPage)
      await tx.query(
        `insert into archived_tag (archive_no, registry, repository, tag, detected_at)
         select :no::bigint, t.registry, t.repository, t.tag, t."detectedAt"
         from jsonb_to_recordset(:tags::jsonb) as t (registry text, repository text, tag text, "detectedAt" bigint)
         order by 2, 3, 4 on conflict do nothing`,
        { no: image.archiveNo, tags: JSON.stringify(tags.slice(at, at + tagPage)) },
      );
    await alongWith(tx);
    return true;
  });
}

/** Tags of one statement. */
const tagPage = 1000;

/** Takes back an archiving that failed: what was archived before is archived as it was; true when it was not, and nothing is left of it. */
export async function giveUpArchiving({ sql }: World, image: ArchivedImage, now: number): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const own = { no: image.archiveNo, since: image.since };
    await tx.query(
      `update archived_image set status = 'archived', by_rule = false, since = :now::bigint
       where archive_no = :no::bigint and status = 'archiving' and since = :since::bigint and size is not null`,
      { ...own, now },
    );
    const gone = await tx.query(
      `delete from archived_image where archive_no = :no::bigint and status = 'archiving' and since = :since::bigint and size is null
       returning archive_no`,
      own,
    );
    return gone.length > 0;
  });
}

/** Whether anything is known of an archive. */
export async function hasArchive({ sql }: World, { archiveNo }: ArchivedImage): Promise<boolean> {
  const rows = await sql.query('select archive_no from archived_image where archive_no = :no::bigint', {
    no: archiveNo,
  });
  return rows.length > 0;
}

/** Marks an archived image as being deleted, compare-and-set; null when there is none in one of these states. */
export async function beginDeletion(
  { sql }: World,
  account: string,
  digest: string,
  from: readonly ArchivedImage['status'][],
  now: number,
): Promise<ArchivedImage | null> {
  const rows = await sql.query<ArchiveRow>(
    `update archived_image set status = 'deleting', since = :now::bigint, updated_at = :now::bigint
     where account = :account::text and digest = :digest::text and status in (select jsonb_array_elements_text(:from::jsonb))
     returning ${columns}`,
    { account, digest, from: JSON.stringify(from), now },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** Forgets an archived image whose blob is gone. */
export async function endDeletion({ sql }: World, image: ArchivedImage): Promise<void> {
  await sql.query(`delete from archived_image where archive_no = :no::bigint and status = 'deleting'`, {
    no: image.archiveNo,
  });
}

/** Notes that an image was restored: for the rules that put things away it is as young as that. */
export async function noteRestored({ sql }: World, image: ArchivedImage, now: number): Promise<void> {
  await sql.query(
    'update archived_image set restored_at = :now::bigint, updated_at = :now::bigint where archive_no = :no::bigint',
    { no: image.archiveNo, now },
  );
}

/** An archived image by its digest or that of its index, the newest then; null when there is none. */
export async function findArchived({ sql }: World, account: string, digest: string): Promise<ArchivedImage | null> {
  const rows = await sql.query<ArchiveRow>(
    `select ${columns} from archived_image where account = :account::text
       and (digest = :digest::text or parent_digest = :digest::text and parent_digest <> digest)
     order by digest = :digest::text desc, archive_no desc limit 1`,
    { account, digest },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** The status of those of these digests that are archived, by digest. */
export async function archivedAmong(
  { sql }: World,
  account: string,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ArchivedImage>> {
  const rows: ArchiveRow[] = [];
  for (let at = 0; at < digests.length; at += listPage)
    rows.push(
      ...(await sql.query<ArchiveRow>(
        `select ${columns} from archived_image where account = :account::text
           and digest in (select jsonb_array_elements_text(:digests::jsonb))`,
        { account, digests: JSON.stringify(digests.slice(at, at + listPage)) },
      )),
    );
  return new Map(rows.map((row) => [row.digest, imageOf(row)]));
}

/** Archived images of one statement: annotations of each have at most 16 KiB. */
export const listPage = 40;

/** A page of what an account has archived, newest first, behind the number `before`. */
export async function listArchived({ sql }: World, account: string, before: number): Promise<readonly ArchivedImage[]> {
  const rows = await sql.query<ArchiveRow>(
    `select ${columns} from archived_image where account = :account::text and archive_no < :before::bigint
     order by archive_no desc limit :limit::int`,
    { account, before, limit: listPage },
  );
  return rows.map(imageOf);
}

/** The tags of archived images, newest first, by the number of the image. */
export async function archivedTags(
  { sql }: World,
  images: readonly ArchivedImage[],
): Promise<ReadonlyMap<number, readonly ArchivedTag[]>> {
  const byImage = new Map<number, ArchivedTag[]>();
  for (let after: TagRow | undefined, full = true; full; ) {
    const rows: readonly TagRow[] = await sql.query<TagRow>(
      `select archive_no, registry, repository, tag, detected_at from archived_tag
       where archive_no in (select n::bigint from jsonb_array_elements_text(:nos::jsonb) n)
         and (archive_no, registry, repository, tag) > (:no::bigint, :registry::text, :repository::text, :tag::text)
       order by archive_no, registry, repository, tag limit :limit::int`,
      {
        nos: JSON.stringify(images.map(({ archiveNo }) => archiveNo)),
        no: after?.archive_no ?? 0,
        registry: after?.registry ?? '',
        repository: after?.repository ?? '',
        tag: after?.tag ?? '',
        limit: tagPage,
      },
    );
    for (const { archive_no: no, registry, repository, tag, detected_at: detectedAt } of rows) {
      const list = byImage.get(no) ?? [];
      list.push({ registry, repository, tag, detectedAt });
      byImage.set(no, list);
    }
    after = rows.at(-1);
    full = rows.length === tagPage;
  }
  for (const tags of byImage.values()) tags.sort((a, b) => b.detectedAt - a.detectedAt);
  return byImage;
}

/** What an account has archived, in numbers; `updatedAt` is null when there is nothing. */
export async function archiveSummary({ sql }: World, account: string) {
  const [row] = await sql.query<{ images: number; bytes: number; updated: number | null; tags: number }>(
    `select count(*) as images, coalesce(sum(size), 0)::bigint as bytes, max(updated_at) as updated,
       (select count(*) from archived_tag t join archived_image i on i.archive_no = t.archive_no where i.account = :account::text) as tags
     from archived_image where account = :account::text`,
    { account },
  );
  const { images, tags, bytes, updated } = row!;
  return { images, tags, bytes, updatedAt: updated };
}

/** What was begun before a moment and did not end, whoever's it is, oldest first; `byRule` says which archivings. */
export async function unfinishedArchives(
  { sql }: World,
  before: number,
  limit: number,
): Promise<readonly (ArchivedImage & { readonly byRule: boolean })[]> {
  const rows = await sql.query<ArchiveRow & { by_rule: boolean }>(
    `select ${columns}, by_rule from archived_image where status <> 'archived' and since < :before::bigint
     order by since, archive_no limit :limit::int`,
    { before, limit },
  );
  return rows.map((row) => ({ ...imageOf(row), byRule: row.by_rule }));
}

/** Takes over an archiving that somebody has left; null when somebody else was quicker. */
export async function takeOver({ sql }: World, image: ArchivedImage, now: number): Promise<ArchivedImage | null> {
  const rows = await sql.query<ArchiveRow>(
    `update archived_image set since = :now::bigint, updated_at = :now::bigint
     where archive_no = :no::bigint and status = 'archiving' and since = :since::bigint returning ${columns}`,
    { no: image.archiveNo, since: image.since, now },
  );
  return rows[0] === undefined ? null : imageOf(rows[0]);
}

/** Removes up to `limit` rows of an account; how many. Their blobs are gone by then. */
export async function removeArchiveRows({ sql }: World, account: string, limit: number): Promise<number> {
  const [row] = await sql.query<{ gone: number }>(
    `with gone as (
       delete from archived_image where archive_no in (
         select archive_no from archived_image where account = :account::text order by archive_no limit :limit::int)
       returning 1
     )
     select count(*)::int as gone from gone`,
    { account, limit },
  );
  return row!.gone;
}

const columns =
  'archive_no, account, digest, parent_digest, annotations, status, size, analyzed_at, since, created_at, updated_at';

type ArchiveRow = SqlRow & {
  archive_no: number;
  account: string;
  digest: string;
  parent_digest: string;
  annotations: string;
  status: ArchivedImage['status'];
  size: number | null;
  analyzed_at: number;
  since: number;
  created_at: number;
  updated_at: number;
};

type TagRow = { archive_no: number; registry: string; repository: string; tag: string; detected_at: number };

function imageOf(row: ArchiveRow): ArchivedImage {
  return {
    archiveNo: row.archive_no,
    account: row.account,
    digest: row.digest as Digest,
    parentDigest: row.parent_digest as Digest,
    annotations: JSON.parse(row.annotations),
    status: row.status,
    size: row.size,
    analyzedAt: row.analyzed_at,
    since: row.since,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
