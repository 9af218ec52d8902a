import type { Image } from '#catalog/image.ts';
import { type FindingWatch, findingScope } from '#matching/tell-findings.ts';
import { type ToldFindings, toldFindings } from '#matching/told-findings-store.ts';
import type { Sql } from '#platform/sql.ts';

/** A tag of which somebody wants to hear. */
export interface TagWatch {
  /** `registry/repository:tag` */
  readonly tag: string;
  readonly type: 'policy_eval' | 'vuln_update';
  /** Images that are meant whatever the tag leads to, beside those that it leads to now. */
  readonly digests: readonly string[];
}

/** Those of an account's tags that are watched. */
export type FindTagWatches = (
  world: { readonly sql: Sql },
  account: string,
  tags: readonly string[],
) => Promise<readonly TagWatch[]>;

/** Whether an image is watched under a tag by its digest. */
export function isWatched(watches: readonly TagWatch[], type: TagWatch['type'], tag: string, digest: string): boolean {
  return watches.some((watch) => watch.tag === tag && watch.type === type && watch.digests.includes(digest));
}

/** What was told last of the vulnerabilities of tags that are watched for them. */
export async function lastTold(
  { sql }: { readonly sql: Sql },
  account: string,
  watches: readonly TagWatch[],
): Promise<readonly ToldFindings[]> {
  const tags = watches.filter(({ type }) => type === 'vuln_update').map(({ tag }) => tag);
  return tags.length === 0 ? [] : toldFindings(sql, account, tags);
}

/** Under which tags the vulnerabilities of an image are watched. */
export function findingWatches(
  image: Image,
  watches: readonly TagWatch[],
  told: readonly ToldFindings[],
): readonly FindingWatch[] {
  return watches.flatMap(({ tag, type, digests }) => {
    if (type !== 'vuln_update') return [];
    const byDigest = digests.includes(image.digest);
    const scope = findingScope(image, byDigest);
    return [{ tag, byDigest, last: told.find((one) => one.tag === tag && one.scope === scope) ?? null }];
  });
}
