import { type Digest, digestHex } from '#core/digest.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** What is asked of known images, to find the one that an image was built on. */
export interface BaseQuestion {
  /** ChainIDs of the lowest layer of the image, of the two lowest and so on, without that of all. */
  readonly chains: readonly Digest[];
  /** Digest of the manifest or index that it says it was built on. */
  readonly stated: string | null;
}

/** A known image whose layers are the lowest of another. */
export interface KnownBase {
  /** Its newest tag, else what it is pulled from; as it was asked for where it was scanned. */
  readonly reference: string;
  /** Of its manifest; null where it had none. */
  readonly digest: string | null;
  readonly layers: number;
  /** Whether it is the one that the image says it was built on. */
  readonly isStated: boolean;
}

/** An image that was scanned. */
export interface ScannedImage {
  readonly reference: string;
  /** What it is known by: the digest of its manifest, else of its config. */
  readonly identity: Digest;
  readonly digest: string | null;
  readonly parentDigest: string | null;
  /** ChainID of all its layers. */
  readonly chain: Digest;
}

/**
 * The image of an account that another was built on: the stated one where it is among those whose layers the image begins with, else
 * the one with most layers, the oldest of several. Images that were not analyzed yet or were deleted do not count.
 */
export async function findStoredBase(
  { sql }: World,
  account: string,
  { chains, stated }: BaseQuestion,
): Promise<KnownBase | null> {
  const rows = await sql.query<BaseRow>(
    `select i.digest, p.layers::int as layers,
       coalesce(i.digest = :stated::text or exists (select from index_image x
         where x.account = i.account and x.index_digest = :stated::text and x.digest = i.digest), false) as stated,
       coalesce((select t.registry || '/' || t.repository || ':' || t.tag from tagged_image t
         where t.account = i.account and t.digest = i.digest order by t.detected_at desc, t.tag limit 1),
         i.pull_reference) as reference
     from jsonb_array_elements_text(:chains::jsonb) with ordinality p (chain, layers)
     join image i on i.account = :account::text and i.chain_id = decode(p.chain, 'hex') and i.status = 'active'
     order by 3 desc, p.layers desc, i.removed_at is not null, i.created_at, i.image_no limit 1`,
    { account, chains: JSON.stringify(chains.map(digestHex)), stated },
  );
  return knownBase(rows[0]);
}

/** The image that another was built on, as {@link findStoredBase}, among those that the command line scanned. */
export async function findScannedBase({ sql }: World, { chains, stated }: BaseQuestion): Promise<KnownBase | null> {
  const rows = await sql.query<BaseRow>(
    `select i.manifest_digest as digest, p.layers::int as layers,
       coalesce(i.manifest_digest = :stated::text or i.parent_digest = :stated::text, false) as stated, i.reference
     from jsonb_array_elements_text(:chains::jsonb) with ordinality p (chain, layers)
     join scanned_image i on i.chain_id = decode(p.chain, 'hex')
     order by 3 desc, p.layers desc, i.reference, i.digest limit 1`,
    { chains: JSON.stringify(chains.map(digestHex)), stated },
  );
  return knownBase(rows[0]);
}

/** Notes that the command line scanned an image, under the name of the last time. */
export async function rememberScanned({ sql }: World, image: ScannedImage): Promise<void> {
  await sql.query(
    `insert into scanned_image as i (chain_id, digest, manifest_digest, parent_digest, reference)
     values (decode(:chain::text, 'hex'), :identity::text, :digest::text, :parent::text, :reference::text)
     on conflict (chain_id, digest) do update set reference = excluded.reference, parent_digest = excluded.parent_digest
       where (i.reference, i.parent_digest) is distinct from (excluded.reference, excluded.parent_digest)`,
    {
      chain: digestHex(image.chain),
      identity: image.identity,
      digest: image.digest,
      parent: image.parentDigest,
      reference: image.reference,
    },
  );
}

type BaseRow = SqlRow & { digest: string | null; layers: number; stated: boolean; reference: string };

function knownBase(row: BaseRow | undefined): KnownBase | null {
  if (row === undefined) return null;
  const { digest, layers, stated, reference } = row;
  return { reference, digest, layers, isStated: stated };
}
