import { fitting } from '#platform/fitting.ts';
import type { Sql } from '#platform/sql.ts';

/** An active subscription for what the image of a tag is judged by. */
export interface TagSubscription {
  readonly key: string;
  readonly type: 'policy_eval' | 'vuln_update';
  readonly value: string | null;
}

/** The active subscriptions of an account for verdicts or vulnerabilities of these tags. */
export async function listTagSubscriptions(
  { sql }: { readonly sql: Sql },
  account: string,
  tags: readonly string[],
): Promise<readonly TagSubscription[]> {
  const found: TagSubscription[] = [];
  for (let at = 0, size = 500; at < tags.length; ) {
    const { rows, limit } = await fitting(size, (few) => page(sql, account, tags.slice(at, at + few)));
    found.push(...rows);
    at += limit;
    size = limit;
  }
  return found;
}

function page(sql: Sql, account: string, tags: readonly string[]): Promise<readonly TagSubscription[]> {
  return sql.query<{ key: string; type: TagSubscription['type']; value: string | null }>(
    `select subscription_key as key, subscription_type as type, subscription_value as value from subscription
     where account = :account::text and active and subscription_type in ('policy_eval', 'vuln_update')
       and subscription_key in (select jsonb_array_elements_text(:tags::jsonb))`,
    { account, tags: JSON.stringify(tags) },
  );
}
