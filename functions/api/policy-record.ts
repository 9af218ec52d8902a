import type { BundleRecord } from '#policy/bundle-store.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { isoSeconds } from './image-record.ts';

/** A stored bundle as the v1 API shows it; null stands for a document that was not asked for. */
export function policyRecord(record: BundleRecord, bundle: PolicyBundle | null) {
  return {
    policyId: record.policyId,
    active: record.active,
    userId: record.account,
    policy_source: 'local',
    created_at: isoSeconds(record.createdAt),
    last_updated: isoSeconds(record.updatedAt),
    policybundle: bundle ?? {},
    policybundlemeta: {},
    ...(bundle?.name ? { name: bundle.name } : {}),
    ...(bundle?.comment ? { description: bundle.comment } : {}),
  };
}
