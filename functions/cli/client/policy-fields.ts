import { type Field, itemsOf, type Shown } from './shown.ts';

/** What a policy is, without what it says. */
export const policyFields: readonly Field[] = [
  { title: 'Policy ID', of: 'policyId' },
  { title: 'Active', of: 'active' },
  { title: 'Source', of: 'policy_source' },
  { title: 'Created', of: 'created_at' },
  { title: 'Updated', of: 'last_updated' },
];

/** Columns of a list of policies; the active one is the first. */
export const policyListFields: readonly Field[] = [
  { title: 'Policy ID', of: 'policyId', least: 16 },
  {
    title: 'Active',
    of: 'active',
    style: (value) => (value === true ? ['bold', 'green'] : []),
    order: (value) => (value === true ? 0 : 1),
  },
  { title: 'Created', of: 'created_at' },
  { title: 'Updated', of: 'last_updated' },
];

/** The bundle of a policy as JSON that may be written to a file, changed, and added again. */
export function bundleShown(value: unknown): Shown {
  const bundle = itemsOf(value)[0]?.['policybundle'] ?? value;
  return { value, blocks: [{ kind: 'document', bytes: Buffer.from(`${JSON.stringify(bundle, null, 4)}\n`) }] };
}
