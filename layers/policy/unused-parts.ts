import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { policyIdsOfMapping } from './bundle.ts';

/** What of a bundle no mapping leads to, in sentences: nothing of it is looked at, not even whether it is right. */
export function unusedParts({ policies, whitelists, mappings }: PolicyBundle): readonly string[] {
  const used = new Set(
    mappings.flatMap((mapping) => [...policyIdsOfMapping(mapping), ...(mapping.whitelist_ids ?? [])]),
  );
  const unused = (what: string, parts: readonly { readonly id: string }[]) =>
    parts.filter(({ id }) => !used.has(id)).map(({ id }) => `no mapping names the ${what} '${id}'`);
  return [
    ...(mappings.length === 0 ? ['there are no mappings: every image may ship'] : []),
    ...unused('policy', policies),
    ...unused('whitelist', whitelists ?? []),
  ];
}
